/** One-to-one messages at a fixed rate: how long they take when the servers are not overloaded. */
import { startPace } from "../generator/pace.ts";
import { Traffic } from "../generator/traffic.ts";
import { latencyFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";
import type { Case, Scenario } from "../scenario.ts";
import { ACK, ACKED, CORES, COST, DELIVERY, FAULTS, LAG } from "./columns.ts";
import { logInPairs, PAIRS } from "./pairs.ts";

const RATES = [1000, 5000];

function rate(perSecond: number): Case {
  return {
    label: `${perSecond}/s`,
    async run(stage) {
      const traffic = new Traffic();
      const pairs = await logInPairs(stage, traffic);
      const senders = pairs.map(({ sender }) => sender);
      const lag = new Histogram();
      const send = (index: number, dueUs: number) => senders[index % PAIRS]!.send(dueUs);
      const figures = await traffic.measure(stage, {
        start: () => startPace({ perSecond, send, lag }),
      });
      return { ...figures, ...latencyFigures("lag", lag) };
    },
  };
}

export const rateScenario: Scenario = {
  name: "rate",
  plan: ({ connections }) => ({
    about: `${PAIRS} pairs of users, open loop: latency counts from the moment a message was due`,
    users: 2 * PAIRS,
    crowd: connections ?? 0,
    cases: RATES.map(rate),
  }),
  columns: [ACKED, ...ACK, ...DELIVERY, ...LAG, ...COST, ...CORES, ...FAULTS],
};
