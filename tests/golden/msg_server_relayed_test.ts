/**
 * The recorded relays of route_server, as another msg_server accepted them, fed to our msg_server:
 * its clients get what the clients on the recorded msg_server got, without the sequence number and
 * attach_data with which the original hands relays on (Q-ATT).
 */
import {
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_FILE_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_GROUP_INFO_REQUEST,
  CID_GROUP_INFO_RESPONSE,
  CID_MSG_DATA,
  CID_MSG_READ_NOTIFY,
  CID_OTHER_SERVER_KICK_USER,
} from "../../proto/mod.ts";
import { commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { AttachEcho } from "./support/attach_echo.ts";
import { isPresence, requiredFrames } from "./support/conversations.ts";
import { type LoneMsgServer, startLoneMsgServer } from "./support/lone_msg_server.ts";
import { readRecording } from "./support/recording.ts";

interface Relay {
  readonly name: string;
  readonly command: number;
  /** Terminals on our msg_server. */
  readonly to: readonly string[];
  readonly entry: string;
}

const RELAYS: readonly Relay[] = [
  { name: "msg_single_text", command: CID_MSG_DATA, to: ["user2-pc"], entry: "Q-ATT" },
  { name: "audio_msg", command: CID_MSG_DATA, to: ["user2-pc", "user2-android"], entry: "Q-ATT" },
  {
    name: "msg_group_text",
    command: CID_MSG_DATA,
    to: ["user2-pc", "user2-android", "user5-android"],
    entry: "Q-ATT",
  },
  { name: "read_ack", command: CID_MSG_READ_NOTIFY, to: ["user2-android"], entry: "Q-READ" },
  {
    name: "group_change_member_add",
    command: CID_GROUP_CHANGE_MEMBER_NOTIFY,
    to: ["user1-pc", "user2-android", "user5-android"],
    entry: "P-GRP8",
  },
  { name: "file_online", command: CID_FILE_NOTIFY, to: ["user2-pc"], entry: "P-FILE7" },
  {
    name: "duplicate_login",
    command: CID_OTHER_SERVER_KICK_USER,
    to: ["user2-pc"],
    entry: "P-AUTH2",
  },
  { name: "kick_pc", command: CID_OTHER_SERVER_KICK_USER, to: ["user2-pc"], entry: "P-AUTH2" },
  {
    name: "sign_info",
    command: CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
    to: ["user1-pc", "user2-pc", "user2-android", "user5-android"],
    entry: "Q-SIGN",
  },
];

for (const { name, command, to, entry } of RELAYS) {
  Deno.test(`msg_server, golden internal ${name}: a relay reaches ${to.join(", ")} (${entry})`, async () => {
    await using msg = await startLoneMsgServer();
    for (const who of to) await msg.logIn(who);
    const relay = frameOf(name, "<-route", command);
    msg.neighbours.route.send(relay);
    if (name === "msg_group_text") await answerMembers(msg);
    for (const frame of requiredFrames(name)) {
      const isPush = frame.direction === "s2c" && seqNumOf(frame.bytes) === 0;
      if (isPush && to.includes(frame.who) && !isPresence(frame.bytes)) {
        await msg.clients.expect(frame);
      }
    }
  });
}

/** Our msg_server asks for the members as the original did. */
async function answerMembers({ neighbours: { db_proxy: db } }: LoneMsgServer): Promise<void> {
  const query = await db.take(CID_GROUP_INFO_REQUEST);
  const echo = new AttachEcho();
  echo.learn(frameOf("msg_group_text", "->db_proxy", CID_GROUP_INFO_REQUEST), query);
  db.send(echo.returned(frameOf("msg_group_text", "<-db_proxy", CID_GROUP_INFO_RESPONSE)));
}

function frameOf(name: string, direction: string, command: number): Uint8Array {
  return readRecording(`internal/${name}`).find((frame) =>
    frame.direction === direction && commandIdOf(frame.bytes) === command
  )!.bytes;
}
