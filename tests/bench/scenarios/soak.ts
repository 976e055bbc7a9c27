/** `bench --soak`: whether memory stays what it is under a load that goes on and on. */
import { Visits } from "../generator/visits.ts";
import { MemoryWatch } from "../measure/memory_watch.ts";
import type { Case, Scenario } from "../scenario.ts";
import { ACK, ACKED, CORES, DELIVERED, FAULTS } from "./columns.ts";
import { GROUP_MEMBERS, measureMixed } from "./mixed.ts";
import { PAIRS } from "./pairs.ts";

/** Half of what two cores do in this mixture. */
const PER_SECOND = 1000;
const LIMIT_PCT = 5;
/** Users behind the pairs, who come and go: one visit for so many actions. */
const VISITORS = 100;
const ACTIONS_PER_VISIT = 50;

function soak(perSecond: number): Case {
  return {
    label: `${perSecond}/s`,
    async run(stage) {
      const memory = new MemoryWatch(stage.options.processes);
      const visits = new Visits({
        ...stage.options,
        first: 2 * PAIRS + 1,
        last: 2 * PAIRS + VISITORS,
        perSecond: perSecond / ACTIONS_PER_VISIT,
      });
      const figures = await measureMixed(stage, perSecond);
      memory.stop();
      await visits.stop();
      return {
        ...figures,
        ...memory.figures(LIMIT_PCT),
        logins: visits.done,
        // At half of what the suite can do everything has an answer in time.
        unanswered: figures.unanswered! + figures.unacked! + visits.failed,
      };
    },
  };
}

export const soakScenario: Scenario = {
  name: "soak",
  plan: ({ connections, rate }) => ({
    about: `as mixed, ${PAIRS} pairs and a group of ${GROUP_MEMBERS}, and a login for ` +
      `${ACTIONS_PER_VISIT} actions: memory in MiB at the beginning, after a warm-up, and at the end; ${LIMIT_PCT} % more is a fault`,
    users: 2 * PAIRS + VISITORS,
    crowd: connections ?? 0,
    cases: [soak(rate ?? PER_SECOND)],
  }),
  columns: [
    ACKED,
    DELIVERED,
    ...ACK,
    { title: "growth %", figure: "growth_pct", digits: 1, perProcess: true },
    { title: "before", figure: "before_mib", digits: 0, perProcess: true },
    { title: "after", figure: "after_mib", digits: 0, perProcess: true },
    ...CORES,
    ...FAULTS,
    { title: "unanswered", figure: "unanswered", digits: 0 },
    { title: "grown", figure: "grown", digits: 0 },
    { title: "ended", figure: "gone", digits: 0 },
  ],
};
