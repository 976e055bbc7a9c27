/**
 * What the recordings need before they can be replayed, and where our answers have to differ.
 *
 * All of them were cut out of one long session on the data of `fixture.json`, so most need what came
 * before. Steps of the session that were not recorded can be told from sequence numbers, message ids
 * and texts: `second` (user1, seq 5), `both` (user1, seq 6), `reply` (user2, seq 12), and the removal
 * of user 4 from group 5 by its creator.
 */
import {
  CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_FILE_HAS_OFFLINE_RES,
  CID_GROUP_CHANGE_MEMBER_REQUEST,
  CID_GROUP_INFO_RESPONSE,
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_DEVICETOKEN,
  CID_MSG_DATA,
  CID_MSG_TIME_RESPONSE,
  GROUP_MODIFY_TYPE_DEL,
  IMDeviceTokenRsp,
  IMGroupChangeMemberReq,
  IMGroupInfoListRsp,
  IMMsgData,
  type IpAddr,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, seqNumOf } from "../../../shared/pdu/mod.ts";
import type { UserChanges } from "./fixture.ts";
import { readRecording, type Recorded, withFields, withoutRepeats } from "./recording.ts";

export type Step =
  | { readonly kind: "login"; readonly who: string }
  | { readonly kind: "replay"; readonly name: string }
  /** A request that is answered with its sequence number. */
  | {
    readonly kind: "request";
    readonly who: string;
    readonly atSec: number;
    readonly frame: Uint8Array;
  };

/** Where docs/spec/pitfalls.md asks for something other than what was recorded. */
export interface Difference {
  readonly entry: string;
  /** The recording as it has to be with our servers. */
  readonly required: (frames: readonly Recorded[]) => readonly Recorded[];
}

export interface Conversation {
  /** For the name of the test. */
  readonly shows: string;
  /** In the order of the session. */
  readonly before: readonly Step[];
  /** Presence notices differ from run to run; where they are the point they are compared. */
  readonly presence?: "compared";
  readonly difference?: Difference;
  /** Connections that the server closes at the end. */
  readonly ends?: readonly string[];
  /** Whether their requests are still answered until then; not when they are kicked (P-AUTH2). */
  readonly isServed?: boolean;
  readonly users?: UserChanges;
  /** route_server has told of the PCs that were online before. */
  readonly pcsAreKnown?: true;
}

/** Where the recorded file_server was. */
export const FILE_SERVER: IpAddr = { ip: "127.0.0.1", port: 8600 };
/** Connections from clients to the file_server; other servers know nothing of them. */
const TO_FILE_SERVER = /^file-/;

const login = (who: string): Step => ({ kind: "login", who });
const replay = (name: string): Step => ({ kind: "replay", name });

interface Text {
  readonly seq: number;
  readonly atSec: number;
  /** Base64 of the encrypted text (docs/spec/wire.md 11). */
  readonly data: string;
}

function text(who: string, { seq, atSec, data }: Text): Step {
  const [from, to] = who === "user1-pc" ? [1, 2] : [2, 1];
  const body = IMMsgData.encode({
    from_user_id: from,
    to_session_id: to,
    msg_id: 0,
    create_time: 0,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new TextEncoder().encode(data),
  });
  return { kind: "request", who, atSec, frame: buildFrame(CID_MSG_DATA, seq, body) };
}

const remove4FromGroup5: Step = {
  kind: "request",
  who: "user1-pc",
  atSec: 1795177950,
  frame: buildFrame(
    CID_GROUP_CHANGE_MEMBER_REQUEST,
    20,
    IMGroupChangeMemberReq.encode({
      user_id: 1,
      change_type: GROUP_MODIFY_TYPE_DEL,
      group_id: 5,
      member_id_list: [4],
    }),
  ),
};

const user1 = [login("user1-pc")];
const user2 = [login("user2-pc")];
const users1And2 = [...user1, ...user2];
const secondText = text("user1-pc", {
  seq: 5,
  atSec: 1795177935,
  data: "uHLPMSn3bgcuCZTiApVWgw==",
});
const twoTexts = [...users1And2, replay("msg_single_text"), secondText];
const fourTexts = [
  ...twoTexts,
  replay("read_ack"),
  text("user1-pc", { seq: 6, atSec: 1795177938, data: "CwH51Q+zFJq1b9MyfVqE+w==" }),
  text("user2-pc", { seq: 12, atSec: 1795177938, data: "U97z8qC1x6j9xm4INBX5uQ==" }),
];
const group5 = [
  ...users1And2,
  login("user2-android"),
  login("user5-android"),
  replay("group_create"),
];

const group5Changed = [...group5, replay("group_change_member_add"), remove4FromGroup5];

/** What the original sends to clients with attach_data in it. */
const LEAKING: readonly number[] = [CID_MSG_DATA, CID_FILE_HAS_OFFLINE_RES];

const ATTACH_DATA_STAYS_INSIDE: Difference = {
  entry: "Q-ATT",
  required: (frames) =>
    frames.map((frame) =>
      frame.direction === "s2c" && LEAKING.includes(commandIdOf(frame.bytes))
        ? { ...frame, bytes: withFields(frame.bytes, { attach_data: undefined }) }
        : frame
    ),
};

const ONE_NOTICE_PER_TERMINAL: Difference = { entry: "P-GRP8", required: withoutRepeats };

const USER_ID_IN_THE_ANSWER: Difference = {
  entry: "P-PUSH6",
  required: (frames) =>
    frames.map((frame) => {
      if (frame.direction !== "s2c") return frame;
      const body = IMDeviceTokenRsp.encode({ user_id: 2 });
      return {
        ...frame,
        bytes: buildFrame(CID_LOGIN_RES_DEVICETOKEN, seqNumOf(frame.bytes), body),
      };
    }),
};

/** User 2 has shielded the group just before. */
const SHIELD_IS_TOLD: Difference = {
  entry: "P-GRP4",
  required: (frames) =>
    frames.map((frame) => {
      if (commandIdOf(frame.bytes) !== CID_GROUP_INFO_RESPONSE) return frame;
      const { group_info_list } = IMGroupInfoListRsp.decode(bodyOf(frame.bytes));
      const shielded = group_info_list.map((info) => ({ ...info, shield_status: 1 }));
      return { ...frame, bytes: withFields(frame.bytes, { group_info_list: shielded }) };
    }),
};

const NO_SERVICE_AFTER_THE_KICK: Difference = {
  entry: "P-AUTH2",
  required: (frames) => frames.filter(({ bytes }) => commandIdOf(bytes) !== CID_MSG_TIME_RESPONSE),
};

const NOTHING_AFTER_THE_KICK: Difference = {
  entry: "P-AUTH2",
  required: (frames) =>
    frames.filter(({ who, bytes }) =>
      !(who === "user2-pc" && commandIdOf(bytes) === CID_BUDDY_LIST_STATUS_NOTIFY)
    ),
};

/** By the name of the recording; http_msg_server_lookup is apart in `login_server_test.ts`. */
export const CONVERSATIONS: Readonly<Record<string, Conversation>> = {
  login_ok: { shows: "a PC logs in and sees itself online", before: [], presence: "compared" },
  login_fail_password: { shows: "a wrong password is result 6", before: [], ends: ["bad"] },
  heartbeat: { shows: "a heartbeat comes back unchanged", before: user1 },
  time: { shows: "the server's time", before: user1 },
  msg_single_text: { shows: "ack and delivery of a text", before: users1And2 },
  unread_cnt: { shows: "two unread texts", before: twoTexts },
  msg_list: { shows: "history newest first", before: twoTexts },
  msg_by_id: { shows: "texts by id, unknown ids left out", before: twoTexts },
  latest_msg_id: { shows: "id of the newest text", before: twoTexts },
  recent_sessions: { shows: "a session with its last text", before: twoTexts },
  read_ack: {
    shows: "the reader's other terminal is told, nothing is unread",
    before: twoTexts,
    presence: "compared",
  },
  audio_msg: { shows: "a sound is delivered, stored and read back", before: fourTexts },
  user_info: { shows: "users by id, unknown ids left out", before: user1 },
  departments: { shows: "all departments, and none that are newer", before: user1 },
  users_status: { shows: "only PCs count as online", before: users1And2 },
  all_user_delta: {
    shows: "users that changed since",
    before: user1,
    // What 0x0213 in sign_info.json did before.
    users: { 1: { sign_info: "busy 忙", updated: 1795177942 } },
  },
  group_list: { shows: "normal groups of a user", before: user1 },
  group_info: { shows: "groups that are newer than the client's", before: user1 },
  group_create: { shows: "a temporary group", before: user1 },
  group_change_member_add: {
    shows: "all concerned learn of new members",
    before: group5,
    difference: ONE_NOTICE_PER_TERMINAL,
  },
  msg_group_text: {
    shows: "a group text reaches all other terminals",
    before: [...group5Changed, replay("group_shield")],
    difference: ATTACH_DATA_STAYS_INSIDE,
  },
  file_online: {
    shows: "a file is announced to a PC that is online",
    before: users1And2,
    pcsAreKnown: true,
  },
  file_offline: {
    shows: "a file waits until its receiver has fetched it",
    before: users1And2,
    pcsAreKnown: true,
    difference: ATTACH_DATA_STAYS_INSIDE,
  },
  duplicate_login: {
    shows: "a MAC replaces a WINDOWS terminal",
    before: user2,
    presence: "compared",
    difference: NOTHING_AFTER_THE_KICK,
    ends: ["user2-pc"],
    isServed: false,
  },
  kick_pc: {
    shows: "a phone ends the session at the PC",
    before: [...user2, login("user2-android")],
    difference: NO_SERVICE_AFTER_THE_KICK,
    ends: ["user2-pc"],
    isServed: false,
  },
  sign_info: {
    shows: "everybody learns of a signature, its author too",
    before: [...users1And2, login("user2-android"), login("user5-android")],
  },
  push_shield: { shows: "the shield is set and told", before: user2 },
  group_shield: {
    shows: "members shield groups, and are told so",
    before: group5Changed,
    difference: SHIELD_IS_TOLD,
  },
  device_token: {
    shows: "a phone's token is taken, a PC's is not",
    before: [...user2, login("user2-android")],
    difference: USER_ID_IN_THE_ANSWER,
  },
  logout: {
    shows: "an answer, then the end",
    before: [...user2, login("user2-android")],
    ends: ["user2-android"],
  },
};

/** Terminals that are logged in when a recording begins. */
export function onlineBefore(name: string): readonly string[] {
  const steps = CONVERSATIONS[name]?.before ?? [];
  return steps.flatMap((step) => {
    if (step.kind === "login") return [step.who];
    return step.kind === "replay" ? loginsIn(step.name) : [];
  });
}

function loginsIn(name: string): readonly string[] {
  return readRecording(name)
    .filter(({ bytes }) => commandIdOf(bytes) === CID_LOGIN_REQ_USERLOGIN)
    .map(({ who }) => who);
}

/** What our servers have to say to each other, as recorded in `internal/`. */
export function requiredBetweenServers(name: string): readonly Recorded[] {
  const frames = readRecording(`internal/${name}`);
  return CONVERSATIONS[name]?.difference?.required(frames) ?? frames;
}

/** What our servers have to answer, with the requests as recorded. */
export function requiredFrames(name: string): readonly Recorded[] {
  const { difference, presence } = CONVERSATIONS[name]!;
  const recorded = readRecording(name).filter(({ who }) => !TO_FILE_SERVER.test(who));
  const frames = difference?.required(recorded) ?? recorded;
  return presence === "compared" ? frames : frames.filter(({ bytes }) => !isPresence(bytes));
}

const PRESENCE_COMMANDS: readonly number[] = [
  CID_BUDDY_LIST_STATUS_NOTIFY,
  CID_BUDDY_LIST_PC_LOGIN_STATUS_NOTIFY,
];

export function isPresence(frame: Uint8Array): boolean {
  return PRESENCE_COMMANDS.includes(commandIdOf(frame));
}
