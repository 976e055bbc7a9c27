/** One-to-one messages at a fixed rate: how long they take when the servers are not overloaded. */
import { latencyFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";
import { startPace } from "../generator/pace.ts";
import type { Case, Scenario } from "../stage.ts";
import { Traffic } from "../generator/traffic.ts";
import { ACK, ACKED, CORES, COST, DELIVERY, FAULTS } from "./columns.ts";
import { logInPairs, PAIRS } from "./pairs.ts";

function rate(perSecond: number): Case {
  return {
    label: `${perSecond}/s`,
    async run(stage) {
      const traffic = new Traffic();
      const senders = await logInPairs(stage, traffic);
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
  about: `${PAIRS} pairs of users, open loop: latency counts from the moment a message was due`,
  users: 2 * PAIRS,
  cases: [rate(1000), rate(5000)],
  columns: [
    ACKED,
    ...ACK,
    ...DELIVERY,
    { title: "sent late p50", figure: "lag_p50_ms", digits: 2 },
    { title: "p99", figure: "lag_p99_ms", digits: 2 },
    ...COST,
    ...CORES,
    ...FAULTS,
  ],
};
