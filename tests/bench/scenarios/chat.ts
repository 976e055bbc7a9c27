/** One-to-one messages as fast as they are acknowledged: how much the servers can take. */
import { Traffic } from "../generator/traffic.ts";
import type { Case, Scenario } from "../scenario.ts";
import { ACK, ACKED, CORES, COST, DELIVERY, FAULTS } from "./columns.ts";
import { logInPairs, PAIRS } from "./pairs.ts";

function chat(window: number): Case {
  return {
    label: `window ${window}`,
    async run(stage) {
      const traffic = new Traffic();
      const pairs = await logInPairs(stage, traffic);
      const senders = pairs.map(({ sender }) => sender);
      return await traffic.measure(stage, {
        start() {
          for (const sender of senders) {
            sender.onAck = () => sender.send();
            for (let i = 0; i < window; i++) sender.send();
          }
          return { stop: () => senders.forEach((sender) => sender.onAck = () => {}) };
        },
      });
    },
  };
}

export const chatScenario: Scenario = {
  name: "chat",
  plan: ({ connections }) => ({
    about: `${PAIRS} pairs of users, closed loop: each sender keeps 1 or 8 messages unacknowledged`,
    users: 2 * PAIRS,
    crowd: connections ?? 0,
    cases: [chat(1), chat(8)],
  }),
  columns: [ACKED, ...ACK, ...DELIVERY, ...COST, ...CORES, ...FAULTS],
};
