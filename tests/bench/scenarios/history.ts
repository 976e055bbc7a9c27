/** Reading back: pages of twenty messages from conversations that are long already. */
import { CLIENT_TYPE_ANDROID, IMGetLatestMsgIdRsp, IMGetMsgListRsp } from "../../../proto/mod.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";
import type { BenchClient } from "../generator/bench_client.ts";
import { historyRequest, latestIdRequest, PAGE_MESSAGES } from "../generator/list_requests.ts";
import { measureRequests } from "../generator/request_loop.ts";
import { Requests } from "../generator/requests.ts";
import type { Case, Scenario } from "../scenario.ts";
import { CORES, COST, REQUEST_FAULTS, REQUESTS } from "./columns.ts";

const READERS = 100;
const USERS = 400;
/** A thousand for each of the pairs of 400 users. */
const MESSAGES = 200_000;

/** @param newest where a page begins, in a conversation whose latest message has this id */
function history(label: string, newest: (latestId: number) => number): Case {
  return {
    label,
    async run(stage) {
      const readers = await stage.logIn({
        first: 1,
        last: READERS,
        clientType: CLIENT_TYPE_ANDROID,
      });
      const latest = new Map<BenchClient, number>();
      for (const reader of readers) latest.set(reader, await latestId(reader));
      return await measureRequests(stage, readers, (reader) => ({
        ...historyRequest({ ...withPeer(reader), newest: newest(latest.get(reader)!) }),
        isRight: (answer) =>
          IMGetMsgListRsp.decode(bodyOf(answer)).msg_list.length === PAGE_MESSAGES,
      }));
    },
  };
}

async function latestId(reader: BenchClient): Promise<number> {
  const { frame, answerId } = latestIdRequest(withPeer(reader));
  const answer = await new Requests(reader).ask(frame, answerId);
  const { latest_msg_id } = IMGetLatestMsgIdRsp.decode(bodyOf(answer));
  if (latest_msg_id >= PAGE_MESSAGES) return latest_msg_id;
  throw new Error(`user${reader.userId} has no ${PAGE_MESSAGES} messages to read`);
}

/** The conversations that are filled are those of the users 1 and 2, 3 and 4, … */
function withPeer({ userId }: BenchClient): { readonly userId: number; readonly peerId: number } {
  return { userId, peerId: userId % 2 === 1 ? userId + 1 : userId - 1 };
}

export const historyScenario: Scenario = {
  name: "history",
  plan: ({ connections }) => ({
    about:
      `${READERS} users read pages of ${PAGE_MESSAGES} messages, each the next when it has one`,
    users: USERS,
    messages: MESSAGES,
    crowd: connections ?? 0,
    cases: [
      history("latest page", () => 0),
      history(
        "any page",
        (latestId) => PAGE_MESSAGES + Math.floor(Math.random() * (latestId - PAGE_MESSAGES + 1)),
      ),
    ],
  }),
  columns: [...REQUESTS, ...COST, ...CORES, ...REQUEST_FAULTS],
};
