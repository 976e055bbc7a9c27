/** All scenarios, in the order they are run. */
import type { Scenario } from "../scenario.ts";
import { capacityScenario } from "./capacity.ts";
import { chatScenario } from "./chat.ts";
import { directoryScenario } from "./directory.ts";
import { groupScenario } from "./group.ts";
import { historyScenario } from "./history.ts";
import { idleScenario } from "./idle.ts";
import { loginScenario } from "./login.ts";
import { mixedScenario } from "./mixed.ts";
import { rateScenario } from "./rate.ts";
import { soakScenario } from "./soak.ts";
import { startScenario } from "./start.ts";

export const SCENARIOS: readonly Scenario[] = [
  startScenario,
  loginScenario,
  chatScenario,
  rateScenario,
  groupScenario,
  mixedScenario,
  historyScenario,
  directoryScenario,
  idleScenario,
];

/** They take minutes or hours, so each runs only when it is asked for, as `--capacity` and so on. */
export const LONG_SCENARIOS: readonly Scenario[] = [capacityScenario, soakScenario];
