/** The limits of time of msg_server's links (docs/spec/wire.md 3), on a clock that the test moves. */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { turns } from "../../shared/netlib/test_support/recorder.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import { acceptance, MsgFixture } from "../support/msg_fixture.ts";
import { isServed, sendLogin } from "../support/raw_login.ts";
import { passSeconds } from "../support/time.ts";

const start = (): Promise<MsgFixture> => MsgFixture.start({ links: "memory" });

/** Lets time pass in which the neighbours are alive and the clients are silent. */
async function pass(msg: MsgFixture, seconds: number): Promise<void> {
  for (let i = 0; i < seconds; i++) {
    for (const server of [msg.db, msg.route, msg.login]) {
      server.send(proto.CID_OTHER_HEARTBEAT, new Uint8Array(0));
    }
    await passSeconds(msg.clock, 1);
  }
}

Deno.test("msg_server, closes who has not logged in after 15 s, whatever he sends (P-LOG3)", async () => {
  await using msg = await start();
  await using client = await msg.connect();
  await pass(msg, 14);
  client.send(proto.CID_OTHER_HEARTBEAT, new Uint8Array(0));
  await isServed(client);
  await pass(msg, 2);
  await client.ended();
});

Deno.test("msg_server, closes who waits for db_proxy after 15 s, without a PDU", async () => {
  await using msg = await start();
  const { client, request } = await msg.ask(7);
  await pass(msg, 14);
  await using other = await msg.connect(); // Has 15 s of its own.
  await pass(msg, 2);
  await client.ended();
  await assert.rejects(client.next(), /closed the link/);
  request.answer(proto.CID_OTHER_VALIDATE_RSP, acceptance(request.message, 7));
  sendLogin(other, { user_name: "user8" });
  await msg.db.expect(proto.CID_OTHER_VALIDATE_REQ, proto.IMValidateReq);
});

for (
  const [what, clientType, seconds] of [
    ["a PC", proto.CLIENT_TYPE_WINDOWS, 120],
    ["a phone", proto.CLIENT_TYPE_ANDROID, 300],
  ] as const
) {
  Deno.test(`msg_server, closes ${what} after more than ${seconds} s of silence`, async () => {
    await using msg = await start();
    await using client = await msg.logIn(7, clientType);
    await pass(msg, seconds - 1);
    await isServed(client); // A sign of life.
    await pass(msg, seconds);
    assert.equal(msg.clientsClosed, 0);
    await pass(msg, 1);
    await client.ended();
    const { message } = await msg.route.expect(
      proto.CID_OTHER_USER_STATUS_UPDATE,
      proto.IMUserStatusUpdate,
    );
    assert.deepEqual({ ...message }, { user_status: 2, user_id: 7, client_type: clientType });
  });
}

Deno.test("msg_server, echoes heartbeats of clients byte for byte, and sends none itself", async () => {
  await using msg = await start();
  await using client = await msg.logIn(7);
  await pass(msg, 60);
  const heartbeat = buildFrame(proto.CID_OTHER_HEARTBEAT, 2, new Uint8Array(0));
  heartbeat.set([0, 6, 0, 9], 4); // Version and flag of a client of its own kind.
  client.sendBytes(heartbeat);
  assert.equal((await client.next({ heartbeats: "keep" })).toHex(), heartbeat.toHex());
});

Deno.test("msg_server, closes who was kicked after 3 s, and does nothing for him (P-AUTH2)", async () => {
  await using msg = await start();
  await using old = await msg.logIn(7);
  const kick = { user_id: 7, client_type: proto.CLIENT_TYPE_IOS, reason: 1 };
  msg.route.send(proto.CID_OTHER_SERVER_KICK_USER, proto.IMServerKickUser.encode(kick));
  await old.expect(proto.CID_LOGIN_KICK_USER, proto.IMKickUser);
  old.send(proto.CID_MSG_UNREAD_CNT_REQUEST, proto.IMUnreadMsgCntReq.encode({ user_id: 7 }));
  old.send(proto.CID_OTHER_HEARTBEAT, new Uint8Array(0));
  await pass(msg, 2);
  assert.equal(msg.clientsClosed, 0, "he may read why");
  await pass(msg, 2);
  await old.ended();
  await assert.rejects(old.next({ heartbeats: "keep" }), /closed the link/);
  await using _next = await msg.ask(7).then(({ client }) => client); // What db_proxy hears next.
});

Deno.test("msg_server, leaves a server that is silent for more than 30 s", async () => {
  await using msg = await start();
  msg.clock.advance(30_000);
  assert.equal(msg.log.countOf("db_proxy link lost"), 0);
  msg.clock.advance(1_000);
  for (const name of ["db_proxy", "route_server", "login_server"]) {
    await msg.log.logged(`${name} link lost`, 1);
  }
});

Deno.test("msg_server, reads on from a fast sender when his rate allows it, and loses nothing", async () => {
  await using msg = await MsgFixture.start({ links: "memory", maxMsgPerSecond: 10 });
  await using client = await msg.logIn(7);
  const COUNT = 25;
  for (let id = 1; id <= COUNT; id++) {
    const body = { from_user_id: 7, to_session_id: 8, msg_id: 0, create_time: id };
    const message = { ...body, msg_type: proto.MSG_TYPE_SINGLE_TEXT, msg_data: Uint8Array.of(id) };
    client.send(proto.CID_MSG_DATA, proto.IMMsgData.encode(message));
  }
  let arrived = 0;
  const next = async (): Promise<void> => {
    const { message } = await msg.db.expect(proto.CID_MSG_DATA, proto.IMMsgData);
    assert.deepEqual([...message.msg_data], [++arrived]);
  };
  while (arrived < 20) await next(); // Two seconds' worth at once.
  for (let more = 21; more <= COUNT; more++) {
    msg.takeJournal();
    msg.clock.advance(99);
    await turns(6);
    assert.deepEqual(msg.takeJournal(), [], "not before its time");
    msg.clock.advance(1);
    await next();
  }
});
