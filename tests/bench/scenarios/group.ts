/** Group messages, closed loop: a sender's next one waits for the ack and for the last member. */
import {
  CID_GROUP_CREATE_REQUEST,
  CID_GROUP_CREATE_RESPONSE,
  CLIENT_TYPE_ANDROID,
  GROUP_TYPE_TMP,
  IMGroupCreateReq,
  IMGroupCreateRsp,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import type { BenchClient } from "../generator/bench_client.ts";
import type { Sender } from "../generator/sender.ts";
import type { Case, Scenario } from "../stage.ts";
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

async function createGroup(members: readonly BenchClient[]): Promise<number> {
  const creator = members[0]!;
  const answer = creator.next(CID_GROUP_CREATE_RESPONSE);
  const request = IMGroupCreateReq.encode({
    user_id: creator.userId,
    group_type: GROUP_TYPE_TMP,
    group_name: `bench ${members.length}`,
    group_avatar: "",
    member_id_list: members.map(({ userId }) => userId),
  });
  creator.send(buildFrame(CID_GROUP_CREATE_REQUEST, 1, request));
  const { result_code, group_id } = IMGroupCreateRsp.decode(bodyOf(await answer));
  if (result_code !== 0 || group_id === undefined) {
    throw new Error(`Cannot create a group of ${members.length}: result ${result_code}`);
  }
  return group_id;
}

export const groupScenario: Scenario = {
  name: "group",
  about: `${SENDERS} members of a group write, each after the last member has its message before`,
  users: Math.max(...SIZES),
  cases: SIZES.map(group),
  columns: [ACKED, DELIVERED, ...ACK, ...LAST_COPY, ...COST, ...CORES, ...FAULTS],
};
