/** What a company does all day, open loop: messages to one and to many, and looking at lists. */
import type { BenchClient } from "../generator/bench_client.ts";
import { createGroup } from "../generator/create_group.ts";
import { historyRequest, recentRequest, unreadRequest } from "../generator/list_requests.ts";
import { nowUs } from "../generator/message_frame.ts";
import { startPace } from "../generator/pace.ts";
import { Requests } from "../generator/requests.ts";
import { Traffic } from "../generator/traffic.ts";
import { type Figures, latencyFigures } from "../measure/figures.ts";
import { Histogram } from "../measure/histogram.ts";
import type { Case, Scenario } from "../scenario.ts";
import { delay, type Stage } from "../stage.ts";
import { ACK, ACKED, CORES, COST, DELIVERED, FAULTS, LAG } from "./columns.ts";
import { logInPairs, PAIRS } from "./pairs.ts";

const RATES = [500, 2000];
export const GROUP_MEMBERS = 100;
/** Of twenty actions so many; the rest are requests. */
const [SINGLE, GROUP, ALL] = [16, 3, 20];
/** How long answers may take after the last message has arrived. */
const DRAIN_LIMIT_SEC = 10;
const DRAIN_CHECK_SEC = 0.01;

function mixed(perSecond: number): Case {
  return { label: `${perSecond}/s`, run: (stage) => measureMixed(stage, perSecond) };
}

/** So many actions per second. */
export async function measureMixed(stage: Stage, perSecond: number): Promise<Figures> {
  const traffic = new Traffic();
  const pairs = await logInPairs(stage, traffic);
  const members = pairs.slice(0, GROUP_MEMBERS).map(({ to }) => to);
  const sessionId = await createGroup(members);
  const writers = members.map((client) =>
    traffic.addSender(
      client,
      { sessionId, kind: "group" },
      members.filter((one) => one !== client),
    )
  );
  const requests = new RequestMix(pairs.map(({ from }) => from));
  const lag = new Histogram();
  const send = (index: number, dueUs: number): void => {
    const action = index % ALL;
    const round = Math.floor(index / ALL);
    if (action < SINGLE) pairs[(round * SINGLE + action) % PAIRS]!.sender.send(dueUs);
    else if (action < SINGLE + GROUP) {
      writers[(round * GROUP + action) % GROUP_MEMBERS]!.send(dueUs);
    } else void requests.ask(round, dueUs);
  };
  const figures = await traffic.measure(stage, {
    start: () => startPace({ perSecond, send, lag }),
  });
  await requests.drain();
  return {
    ...figures,
    unanswered: requests.underWay,
    ...latencyFigures("answer", requests.took),
    ...latencyFigures("lag", lag),
  };
}

/** Unread counters, recent sessions and the latest messages in turn, of one user after the other. */
class RequestMix {
  readonly took = new Histogram();
  readonly #users: readonly { readonly client: BenchClient; readonly requests: Requests }[];
  #underWay = 0;

  constructor(clients: readonly BenchClient[]) {
    this.#users = clients.map((client) => ({ client, requests: new Requests(client) }));
  }

  /** Requests without an answer so far. */
  get underWay(): number {
    return this.#underWay;
  }

  async ask(round: number, dueUs: number): Promise<void> {
    const { client: { userId }, requests } = this.#users[round % this.#users.length]!;
    const history = historyRequest({ userId, peerId: userId + 1, newest: 0 });
    const all = [unreadRequest(userId), recentRequest(userId), history];
    const { frame, answerId } = all[round % all.length]!;
    this.#underWay++;
    await requests.ask(frame, answerId);
    this.#underWay--;
    this.took.add(nowUs() - dueUs);
  }

  /** Waits for what is under way, but not forever. */
  async drain(): Promise<void> {
    const limitUs = nowUs() + DRAIN_LIMIT_SEC * 1e6;
    while (this.#underWay > 0 && nowUs() < limitUs) await delay(DRAIN_CHECK_SEC);
  }
}

export const mixedScenario: Scenario = {
  name: "mixed",
  plan: ({ connections }) => ({
    about: `${PAIRS} pairs and a group of ${GROUP_MEMBERS}, open loop: 80 % of the actions are ` +
      "single messages, 15 % group messages, 5 % requests",
    users: 2 * PAIRS,
    crowd: connections ?? 0,
    cases: RATES.map(mixed),
  }),
  columns: [
    ACKED,
    DELIVERED,
    ...ACK,
    { title: "delivery ms p50", figure: "delivery_p50_ms", digits: 2 },
    { title: "p99", figure: "delivery_p99_ms", digits: 1 },
    { title: "answer ms p50", figure: "answer_p50_ms", digits: 2 },
    { title: "p99", figure: "answer_p99_ms", digits: 1 },
    ...LAG,
    ...COST,
    ...CORES,
    ...FAULTS,
  ],
};
