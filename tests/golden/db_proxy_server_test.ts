/**
 * The recorded requests of the original msg_server and http_msg_server to our db_proxy_server: every
 * answer has to be what the original db_proxy_server answered, byte for byte. Here even attach_data
 * is compared as it is, because db_proxy returns what it was sent.
 */
import {
  CID_GROUP_NORMAL_LIST_REQUEST,
  CID_GROUP_NORMAL_LIST_RESPONSE,
  CID_MSG_DATA,
  IMNormalGroupListReq,
  IMNormalGroupListRsp,
} from "../../proto/mod.ts";
import { buildFrame, commandIdOf } from "../../shared/pdu/mod.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { startCluster } from "../support/cluster.ts";
import { neededBy } from "../support/data_place.ts";
import { ScriptedLink } from "../support/scripted_link.ts";
import {
  type Conversation,
  CONVERSATIONS,
  requiredBetweenServers,
  type Step,
} from "./support/conversations.ts";
import { fixtureSeed, SEEDED_AT } from "./support/fixture.ts";
import { assertSameFrame, type Recorded, recordingNames, withFields } from "./support/recording.ts";
import { SessionClock } from "./support/session_clock.ts";

/** db_proxy's side of http_msg_server: group 6 comes after group 5. */
const CREATE_GROUP_OVER_HTTP: Conversation = {
  shows: "groups of the administration",
  before: [{ kind: "replay", name: "group_create" }],
};

const conversations = { ...CONVERSATIONS, http_create_group: CREATE_GROUP_OVER_HTTP };

for (const [name, conversation] of Object.entries(conversations)) {
  if (!concernsDbProxy(name)) continue;
  for (const storage of ["sqlite", "mysql"] as const) {
    const title = `db_proxy_server, golden internal ${name} on ${storage}: ${conversation.shows}`;
    Deno.test(title, async (t) => {
      if (await isSkipped(t, neededBy(storage))) return;
      const clock = new SessionClock(SEEDED_AT);
      const seed = fixtureSeed(conversation.users);
      await using cluster = await startCluster({ clock, seed, storage, msgServers: 0 });
      await using link = await ScriptedLink.connect(cluster.dbProxy);
      for (const step of conversation.before) await take(step, link);
      await replay(name, link);
      await expectNothingMore(link);
    });
  }
}

/** Not heartbeat and time, for instance, which are msg_server's alone. */
function concernsDbProxy(name: string): boolean {
  return recordingNames("internal/").includes(name) && toAndFromDbProxy(name).length > 0;
}

function toAndFromDbProxy(name: string): readonly Recorded[] {
  return requiredBetweenServers(name).filter(({ direction }) => direction.endsWith("db_proxy"));
}

async function take(step: Step, link: ScriptedLink): Promise<void> {
  if (step.kind === "replay") {
    await replay(step.name, link);
  } else if (step.kind === "request") {
    link.sendBytes(asForwarded(step));
    await link.next();
  }
}

/** The client's request as msg_server sends it on; the user id is in it already. */
function asForwarded({ frame, atSec }: Step & { readonly kind: "request" }): Uint8Array {
  return commandIdOf(frame) === CID_MSG_DATA ? withFields(frame, { create_time: atSec }) : frame;
}

async function replay(name: string, link: ScriptedLink): Promise<void> {
  for (const { direction, bytes } of toAndFromDbProxy(name)) {
    if (direction === "->db_proxy") link.sendBytes(bytes);
    else assertSameFrame(await link.next(), bytes, "from db_proxy");
  }
}

function expectNothingMore(link: ScriptedLink): Promise<void> {
  const nobody = { user_id: 999999 };
  const answer = IMNormalGroupListRsp.encode({ ...nobody, attach_data: new Uint8Array(0) });
  return link.assertNothingBefore(
    buildFrame(CID_GROUP_NORMAL_LIST_RESPONSE, 7, answer),
    () =>
      link.send(CID_GROUP_NORMAL_LIST_REQUEST, IMNormalGroupListReq.encode(nobody), { seqNum: 7 }),
  );
}
