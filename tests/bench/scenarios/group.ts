/** Group messages, closed loop: a sender's next one waits for the ack and for the last member. */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import { createGroup } from "../generator/create_group.ts";
import type { Sender } from "../generator/sender.ts";
import type { Case, Scenario } from "../scenario.ts";
import { Traffic } from "../generator/traffic.ts";
import { ACK, ACKED, CORES, COST, DELIVERED, FAULTS, LAST_COPY } from "./columns.ts";

const SENDERS = 10;
const SIZES = [10, 100, 500];

function group(members: number): Case {
  return {
    label: `${members} members`,
    async run(stage) {
      const clients = await stage.logIn({
        first: 1,
        last: members,
        clientType: CLIENT_TYPE_ANDROID,
      });
      const sessionId = await createGroup(clients);
      const traffic = new Traffic();
      clients.forEach((client) => traffic.watch(client));
      const senders = clients.slice(0, SENDERS).map((client) => {
        const others = clients.filter((other) => other !== client);
        return traffic.addSender(client, { sessionId, kind: "group" }, others);
      });
      return await traffic.measure(stage, { start: () => startRounds(senders) });
    },
  };
}

function startRounds(senders: readonly Sender[]): { stop(): void } {
  let isStopped = false;
  for (const sender of senders) {
    let awaited = 2;
    const arrived = () => {
      if (--awaited > 0 || isStopped) return;
      awaited = 2;
      sender.send();
    };
    sender.onAck = arrived;
    sender.onLastCopy = arrived;
    sender.send();
  }
  return {
    stop: () => {
      isStopped = true;
    },
  };
}

export const groupScenario: Scenario = {
  name: "group",
  plan: ({ connections, groupSize }) => {
    const sizes = groupSize === null ? SIZES : [groupSize];
    return {
      about:
        `${SENDERS} members of a group write, each after the last member has its message before`,
      users: Math.max(...sizes),
      crowd: connections ?? 0,
      cases: sizes.map(group),
    };
  },
  columns: [ACKED, DELIVERED, ...ACK, ...LAST_COPY, ...COST, ...CORES, ...FAULTS],
};
