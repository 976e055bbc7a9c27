/** All scenarios, in the order they are run. */
import type { Scenario } from "../stage.ts";
import { chatScenario } from "./chat.ts";
import { groupScenario } from "./group.ts";
import { idleScenario } from "./idle.ts";
import { loginScenario } from "./login.ts";
import { rateScenario } from "./rate.ts";

export const SCENARIOS: readonly Scenario[] = [
  loginScenario,
  chatScenario,
  rateScenario,
  groupScenario,
  idleScenario,
];
