/** `bench --capacity`: how many messages per second can be sent before they become slow. */
import { findCapacity } from "../capacity_search.ts";
import { startPace } from "../generator/pace.ts";
import { Traffic } from "../generator/traffic.ts";
import { type Figures, hasFaults, latencyFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";
import type { Case, Scenario } from "../scenario.ts";
import type { Stage } from "../stage.ts";
import { ACK, ACKED, CORES, COST, DELIVERY, FAULTS, LAG } from "./columns.ts";
import { logInPairs, type Pair, PAIRS } from "./pairs.ts";

/** 99 of 100 messages have to be delivered within this time from when they were due. */
const LIMIT_MS = 50;
/** Of the messages offered in the window so many have to be acknowledged in it. */
const LEAST_SHARE = 0.99;
const SEARCH = { from: 4000, within: 0.05, least: 50 };

const capacity: Case = {
  label: `p99 < ${LIMIT_MS} ms`,
  async run(stage) {
    const traffic = new Traffic();
    const pairs = await logInPairs(stage, traffic);
    let best: Figures = {};
    let unackedBefore = 0;
    const found = await findCapacity(async (perSecond) => {
      const figures = await offer(perSecond, { stage, traffic, pairs });
      // Too high a rate may leave messages without an ack; a later one is not to blame for that.
      const unacked = figures.unacked! - unackedBefore;
      unackedBefore = figures.unacked!;
      const p99 = figures.delivery_p99_ms ?? Infinity;
      const isKept = figures.acked_per_s! >= LEAST_SHARE * perSecond && unacked === 0;
      const passes = p99 < LIMIT_MS && isKept && !hasFaults(figures);
      if (passes) best = { ...figures, unacked };
      report(`${perSecond}/s: p99 ${p99.toFixed(1)} ms, ${unacked} unacked`);
      return passes;
    }, SEARCH);
    return { capacity_per_s: found, ...best };
  },
};

/** The search takes a minute or two: whoever waits sees how far it is. */
function report(line: string): void {
  // deno-lint-ignore no-console -- progress, beside the result on standard output
  console.error(line);
}

async function offer(
  perSecond: number,
  { stage, traffic, pairs }: {
    readonly stage: Stage;
    readonly traffic: Traffic;
    readonly pairs: readonly Pair[];
  },
): Promise<Figures> {
  const lag = new Histogram();
  const send = (index: number, dueUs: number) => pairs[index % PAIRS]!.sender.send(dueUs);
  const figures = await traffic.measure(stage, {
    start: () => startPace({ perSecond, send, lag }),
  });
  return { ...figures, ...latencyFigures("lag", lag) };
}

export const capacityScenario: Scenario = {
  name: "capacity",
  plan: ({ connections }) => ({
    about:
      `${PAIRS} pairs of users, open loop: the highest rate at which 99 % of the messages are ` +
      `delivered within ${LIMIT_MS} ms of when they were due, and the figures at that rate`,
    users: 2 * PAIRS,
    crowd: connections ?? 0,
    cases: [capacity],
  }),
  columns: [
    { title: "messages/s", figure: "capacity_per_s", digits: 0 },
    ACKED,
    ...ACK,
    ...DELIVERY,
    ...LAG,
    ...COST,
    ...CORES,
    ...FAULTS,
  ],
};
