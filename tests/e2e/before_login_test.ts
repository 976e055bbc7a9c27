/** What a connection may do before its login, and for how long (docs/spec/wire.md 2 and 3). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { endOf, single } from "../support/chat.ts";
import { matrix, ONE } from "../support/matrix.ts";
import { isServed, rawLogin } from "../support/raw_login.ts";
import { passSeconds } from "../support/time.ts";

matrix(
  "a heartbeat comes back as the same bytes, before and after the login",
  ONE,
  async (cell) => {
    await using cluster = await cell.start();
    await using link = await cluster.connect();
    // Version, flag, seq_num and reserved as no server would write them.
    const heartbeat = Uint8Array.fromHex("00000010000d000200070701abcd0003");
    for (const step of ["before", "after"]) {
      link.sendBytes(heartbeat);
      assert.equal((await link.next({ heartbeats: "keep" })).toHex(), heartbeat.toHex(), step);
      if (step === "before") await rawLogin(link);
    }
  },
);

/** Everything else a client may send, implemented or not. */
const COMMANDS: readonly number[] = [
  ...[0x0105, 0x0108, 0x010a, 0x010c, 0x010e],
  ...[0x0201, 0x0204, 0x0206, 0x0208, 0x020a, 0x020c, 0x0210, 0x0213],
  ...[0x0301, 0x0302, 0x0303, 0x0307, 0x0309, 0x030b, 0x030d],
  ...[0x0401, 0x0403, 0x0405, 0x0407, 0x0409],
  ...[0x0506, 0x0509, 0x050b, 0x050c, 0x0601],
  // Only between servers, and not assigned at all.
  ...[0x0702, 0x0704, 0x070a, 0x070d, 0x0999],
];

matrix("any other command before the login closes the connection (P-AUTH1)", ONE, async (cell) => {
  await using cluster = await cell.start();
  for (const commandId of COMMANDS) {
    await using link = await cluster.connect();
    link.send(commandId, new Uint8Array(0));
    await link.ended();
  }
  await using link = await cluster.connect();
  assert.equal((await rawLogin(link)).result_code, 0);
});

matrix("a command before the login has no effect (P-AUTH1)", ONE, async (cell) => {
  await using cluster = await cell.start();
  const message = proto.IMMsgData.encode({
    from_user_id: 1,
    to_session_id: 2,
    msg_id: 0,
    create_time: 0,
    msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    msg_data: encodeText("I am user1", "12345678901234567890123456789012"),
  });
  const change = proto.IMGroupChangeMemberReq.encode({
    user_id: 0,
    change_type: proto.GROUP_MODIFY_TYPE_ADD,
    group_id: 1,
    member_id_list: [4],
  });
  for (
    const [commandId, body] of [
      [proto.CID_MSG_DATA, message],
      [proto.CID_GROUP_CHANGE_MEMBER_REQUEST, change],
    ] as const
  ) {
    await using link = await cluster.connect();
    link.send(commandId, body);
    await link.ended();
  }
  await using bob = await cluster.login("user2");
  assert.equal((await bob.unread()).total_cnt, 0);
  assert.equal(await bob.latestMessageId(single(1)), 0);
  const { group_info_list: [info] } = await bob.groupInfo([{ group_id: 1, version: 0 }]);
  assert.deepEqual(info!.group_member_list, [1, 2, 3]);
});

matrix("what follows a refused command in the same segment is not looked at", {
  links: ["tcp"],
  msgServers: [1],
}, async (cell) => {
  await using cluster = await cell.start();
  await using link = await cluster.connect();
  const logout = buildFrame(proto.CID_LOGIN_REQ_LOGINOUT, 1, new Uint8Array(0));
  const time = buildFrame(proto.CID_MSG_TIME_REQUEST, 2, new Uint8Array(0));
  link.sendBytes(new Uint8Array([...logout, ...logout, ...time, ...time]));
  await link.ended();
  await assert.rejects(link.next(), /closed the link/);
});

matrix("a connection that does not log in within 15 s is closed", ONE, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using silent = await cluster.connect();
  await using loggedIn = await cluster.connect();
  await isServed(silent);
  await rawLogin(loggedIn);
  clock.advance(14_000);
  await isServed(silent); // Input is no login.
  clock.advance(2000);
  await silent.ended();
  await isServed(loggedIn);
});

matrix("a silent PC is closed after 120 s, a silent phone after 300 s", {
  links: ["memory"],
  msgServers: [1],
}, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using pc = await cluster.login("user1");
  await using phone = await cluster.login("user2", { clientType: proto.CLIENT_TYPE_IOS });
  await passSeconds(clock, 119);
  await pc.serverTime();
  await passSeconds(clock, 119);
  assert.equal(pc.isOnline, true);
  await passSeconds(clock, 3);
  await endOf(pc);
  assert.equal(phone.isOnline, true);
  await passSeconds(clock, 62);
  await endOf(phone);
});
