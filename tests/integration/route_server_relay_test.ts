/** route_server as a relay: which link gets which bytes (docs/spec/roles.md 5.2). */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY,
  CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY,
  CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY,
  CID_FILE_NOTIFY,
  CID_GROUP_CHANGE_MEMBER_NOTIFY,
  CID_MSG_DATA,
  CID_MSG_READ_NOTIFY,
  CID_OTHER_SERVER_KICK_USER,
  CID_SWITCH_P2P_CMD,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  IMMsgData,
  IMServerKickUser,
  KICK_REASON_DUPLICATE_USER,
  KICK_REASON_MOBILE_KICK,
  type KickReasonType,
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
  type MsgType,
} from "../../proto/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { type RoutePeer, startRouteInMemory, type Terminal } from "../support/route_fixture.ts";

/** Not a message of any type: a relay must not look inside. */
const OPAQUE = new Uint8Array([0xff, 0, 0xff]);

/** A frame with a foreign version, service id, seq_num and reserved field. */
function foreignFrame(commandId: number): Uint8Array {
  const frame = new Uint8Array(buildFrame(commandId, 4711, OPAQUE));
  frame.set([0, 13, 0, 1, 0, 9], 4);
  frame.set([0xab, 0xcd], 14);
  return frame;
}

const RELAYS: readonly { id: number; to: "others" | "all" }[] = [
  { id: CID_SWITCH_P2P_CMD, to: "others" },
  { id: CID_MSG_READ_NOTIFY, to: "others" },
  { id: CID_GROUP_CHANGE_MEMBER_NOTIFY, to: "others" },
  { id: CID_FILE_NOTIFY, to: "others" },
  { id: CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY, to: "others" },
  { id: CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY, to: "all" },
  { id: CID_BUDDY_LIST_AVATAR_CHANGED_NOTIFY, to: "all" },
];

for (const { id, to } of RELAYS) {
  const hexId = id.toString(16).padStart(4, "0");
  Deno.test(`route_server, passes 0x${hexId} on to ${to} byte for byte`, async () => {
    await using route = await startRouteInMemory();
    await using origin = await route.connectWith();
    await using one = await route.connectWith();
    await using other = await route.connect();
    const frame = foreignFrame(id);
    origin.link.sendBytes(frame);
    for (const peer of [one, other]) {
      await peer.link.expectBytes(frame);
      await peer.expectNothing();
    }
    if (to === "all") await origin.link.expectBytes(frame);
    await origin.expectNothing();
  });
}

interface Chat {
  readonly from: number;
  readonly to: number;
  readonly type?: MsgType;
}

function message({ from, to, type = MSG_TYPE_SINGLE_TEXT }: Chat): Uint8Array {
  const body = IMMsgData.encode({
    from_user_id: from,
    to_session_id: to,
    msg_id: 3,
    create_time: 1_800_000_000,
    msg_type: type,
    msg_data: new TextEncoder().encode("text"),
    attach_data: new Uint8Array(12),
  });
  return buildFrame(CID_MSG_DATA, 4, body);
}

/** Each of these links gets the frame, and each of the others nothing. */
async function assertReceivers(
  frame: Uint8Array,
  { get, not }: { readonly get: readonly RoutePeer[]; readonly not: readonly RoutePeer[] },
): Promise<void> {
  for (const peer of get) await peer.link.expectBytes(frame);
  for (const peer of [...get, ...not]) await peer.expectNothing();
}

const ANN: Terminal = [1, CLIENT_TYPE_WINDOWS];
const ANN_PHONE: Terminal = [1, CLIENT_TYPE_ANDROID];
const BOB_PHONE: Terminal = [2, CLIENT_TYPE_ANDROID];
const CYD: Terminal = [3, CLIENT_TYPE_MAC];

Deno.test("route_server, sends a single message only where author or receiver are (P-LIM7)", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN);
  await using author = await route.connectWith(ANN_PHONE, CYD);
  await using receiver = await route.connectWith(BOB_PHONE); // On a mobile only.
  await using neither = await route.connectWith(CYD);
  for (const type of [MSG_TYPE_SINGLE_TEXT, MSG_TYPE_SINGLE_AUDIO] as const) {
    const frame = message({ from: 1, to: 2, type });
    origin.link.sendBytes(frame);
    await assertReceivers(frame, { get: [author, receiver], not: [origin, neither] });
  }
});

Deno.test("route_server, sends a single message once, where both are", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN, BOB_PHONE);
  await using both = await route.connectWith(ANN_PHONE, BOB_PHONE);
  const frame = message({ from: 1, to: 2 });
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [both], not: [origin] });
});

Deno.test("route_server, sends a single message nowhere, when nobody else is online", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN);
  await using other = await route.connectWith(CYD);
  const frame = message({ from: 1, to: 2 });
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [], not: [origin, other] });
});

Deno.test("route_server, follows logins and logouts with single messages", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN);
  await using other = await route.connectWith();
  const frame = message({ from: 1, to: 2 });
  other.online(...BOB_PHONE);
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [other], not: [origin] });
  other.offline(...BOB_PHONE);
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [], not: [origin, other] });
});

Deno.test("route_server, sends a single message to all others, when it knows neither user", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith();
  await using one = await route.connectWith(CYD);
  await using other = await route.connectWith();
  const frame = message({ from: 1, to: 2 });
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [one, other], not: [origin] });
});

Deno.test("route_server, sends single messages also to a link that has not told its users", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN);
  await using unknown = await route.connect();
  const frame = message({ from: 1, to: 2 });
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [unknown], not: [origin] });
});

Deno.test("route_server, sends a group message to all others", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN);
  await using receiver = await route.connectWith(BOB_PHONE);
  await using neither = await route.connectWith(CYD);
  for (const type of [MSG_TYPE_GROUP_TEXT, MSG_TYPE_GROUP_AUDIO] as const) {
    const frame = message({ from: 1, to: 2, type });
    origin.link.sendBytes(frame);
    await assertReceivers(frame, { get: [receiver, neither], not: [origin] });
  }
});

Deno.test("route_server, keeps the order of relays from one link", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith(ANN);
  await using other = await route.connectWith(BOB_PHONE);
  const frames = Array.from(
    { length: 100 },
    (_each, index) => index % 3 === 0 ? foreignFrame(CID_FILE_NOTIFY) : message({ from: 1, to: 2 }),
  );
  for (const frame of frames) origin.link.sendBytes(frame);
  for (const frame of frames) await other.link.expectBytes(frame);
});

function kick(userId: number, reason: KickReasonType): Uint8Array {
  const body = IMServerKickUser.encode({
    user_id: userId,
    client_type: CLIENT_TYPE_WINDOWS,
    reason,
  });
  return buildFrame(CID_OTHER_SERVER_KICK_USER, 0, body);
}

Deno.test("route_server, sends the kick of a login only where the user is, or may be (P-RT6)", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith();
  await using there = await route.connectWith(ANN);
  await using elsewhere = await route.connectWith(CYD);
  await using unknown = await route.connect();
  const frame = kick(1, KICK_REASON_DUPLICATE_USER);
  origin.link.sendBytes(frame);
  await assertReceivers(frame, { get: [there, unknown], not: [origin, elsewhere] });
});

Deno.test("route_server, of two logins at the same moment kicks the first alone (P-RT6)", async () => {
  await using route = await startRouteInMemory();
  await using one = await route.connectWith();
  await using other = await route.connectWith();
  const frame = kick(1, KICK_REASON_DUPLICATE_USER);
  one.link.sendBytes(frame);
  await assertReceivers(frame, { get: [], not: [one, other] });
  other.link.sendBytes(frame);
  await assertReceivers(frame, { get: [one], not: [other] });
  for (const winner of [one, other]) {
    winner.online(...ANN);
    for (const peer of [one, other]) await peer.expectNews("070e 1=1", "0203 1=1");
  }
  one.offline(...ANN);
  await one.expectNothing();
  one.link.sendBytes(frame);
  await assertReceivers(frame, { get: [other], not: [one] });
});

Deno.test("route_server, sends other kicks to all others, and all kicks if it is not the only one", async () => {
  await using route = await startRouteInMemory();
  await using origin = await route.connectWith();
  await using other = await route.connectWith(CYD);
  const byPhone = kick(1, KICK_REASON_MOBILE_KICK);
  origin.link.sendBytes(byPhone);
  await assertReceivers(byPhone, { get: [other], not: [origin] });
  await using slave = await route.connectWith();
  slave.role(0);
  await slave.expectNothing();
  const ofLogin = kick(1, KICK_REASON_DUPLICATE_USER);
  origin.link.sendBytes(ofLogin);
  await assertReceivers(ofLogin, { get: [other, slave], not: [origin] });
});

interface GoldenPdu {
  readonly direction: string;
  readonly cmd: string;
  readonly hex: string;
}

interface Recording {
  readonly file: string;
  /** Who was logged in before at the origin. */
  readonly before: readonly Terminal[];
  /** At the other msg_server; default: somebody. */
  readonly elsewhere?: Terminal;
}

/** Recorded PDUs from and to the original route_server. */
const RECORDINGS: readonly Recording[] = [
  // Where the user is not, the original kicks him all the same (P-RT6).
  {
    file: "users_status",
    before: [ANN, [2, CLIENT_TYPE_WINDOWS]],
    elsewhere: [5, CLIENT_TYPE_ANDROID],
  },
  { file: "duplicate_login", before: [[2, CLIENT_TYPE_WINDOWS]] },
  { file: "kick_pc", before: [[2, CLIENT_TYPE_WINDOWS], BOB_PHONE] },
  { file: "logout", before: [BOB_PHONE] },
  { file: "msg_single_text", before: [ANN] },
];

for (const { file, before, elsewhere = BOB_PHONE } of RECORDINGS) {
  Deno.test(`route_server, sends the recorded bytes, for the recording ${file}`, async () => {
    const url = new URL(`../golden/internal/${file}.json`, import.meta.url);
    const recorded: GoldenPdu[] = JSON.parse(Deno.readTextFileSync(url));
    const hexOf = (direction: string): string[] =>
      recorded.filter((each) => each.direction === direction).map(({ hex }) => hex);
    // The recording has one copy of a notification for each of several links.
    const expected = hexOf("<-route").filter((hex, index, all) => hex !== all[index - 1]);

    await using route = await startRouteInMemory();
    await using origin = await route.connectWith(...before);
    await using other = await route.connectWith(elsewhere);
    for (const hex of hexOf("->route")) origin.link.sendBytes(Uint8Array.fromHex(hex));
    assert.ok(expected.length > 0 || file === "logout");
    for (const hex of expected) {
      if (toOrigin(hex)) await origin.link.expectBytes(Uint8Array.fromHex(hex));
      if (toOther(hex)) await other.link.expectBytes(Uint8Array.fromHex(hex));
    }
    for (const peer of [origin, other]) await peer.expectNothing();
  });
}

/** Answers (0x020b) and notifications (0x0203, 0x070e) go to the origin, relays do not. */
function toOrigin(hex: string): boolean {
  return ["020b", "0203", "070e"].includes(hex.slice(20, 24));
}

function toOther(hex: string): boolean {
  return hex.slice(20, 24) !== "020b";
}
