/** push_server and the links of msg_servers: the original's protocol, framing, limits, stopping. */
import assert from "node:assert/strict";
import {
  CID_MSG_DATA,
  CID_OTHER_HEARTBEAT,
  CID_OTHER_PUSH_TO_USER_REQ,
  CID_OTHER_PUSH_TO_USER_RSP,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  IMPushToUserReq,
  IMPushToUserRsp,
} from "../../proto/mod.ts";
import { loadPushConfig } from "../../servers/push/config.ts";
import { MAX_TOKENS_PER_REQUEST } from "../../servers/push/handlers/push.ts";
import { startPushServer } from "../../servers/push/server.ts";
import { systemClock } from "../../shared/clock.ts";
import { memorySource } from "../../shared/config/mod.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { ListenError, TcpNetwork } from "../../shared/netlib/mod.ts";
import { bodyOf, buildFrame, seqNumOf } from "../../shared/pdu/mod.ts";
import { systemRandom } from "../../shared/random.ts";
import {
  android,
  ios,
  iosToken,
  type PushFixture,
  startPush,
  webhookSettings,
} from "../support/push/push_fixture.ts";
import { WebhookStandIn } from "../support/push/webhook_stand_in.ts";
import { ScriptedLink } from "../support/scripted_link.ts";

/** With a number that no heartbeat of the server's own would have. */
const HEARTBEAT = buildFrame(CID_OTHER_HEARTBEAT, 513, new Uint8Array(0));

/** Both kinds of terminals get their pushes through a webhook. */
async function withWebhook(
  lines: readonly string[],
  run: (push: PushFixture, webhook: WebhookStandIn) => Promise<void>,
): Promise<void> {
  await using webhook = await WebhookStandIn.start();
  await using push = await startPush([webhookSettings(webhook), { lines }]);
  await run(push, webhook);
}

Deno.test("push_server, answers result 1 without credentials, and says so once", async () => {
  await using push = await startPush([]);
  await using msg = await push.connect();
  for (let each = 0; each < 3; each++) {
    assert.deepEqual(await msg.push([ios(1), android("token")]), [1, 1]);
  }
  const said = push.log.lines.filter((line) => line.includes("no push service is configured"));
  assert.deepEqual(said.map((line) => JSON.parse(line).terminals), ["ios", "android"]);
});

Deno.test("push_server, answers one result per token in the order of the request", async () => {
  await withWebhook([], async (push) => {
    await using msg = await push.connect();
    msg.order([
      { token: "w", clientType: CLIENT_TYPE_WINDOWS },
      android("one"),
      android(""),
      android("two\nlines"),
      ios(1),
      { token: "m", clientType: CLIENT_TYPE_MAC },
      android("one"),
    ], { seqNum: 77 });
    const frame = await msg.link.next();
    assert.equal(seqNumOf(frame), 77);
    const { push_result_list } = IMPushToUserRsp.decode(bodyOf(frame));
    assert.deepEqual(push_result_list.map((one) => [one.user_token, one.result_code]), [
      ["w", 1],
      ["one", 0],
      ["", 1],
      ["two\nlines", 1],
      [iosToken(1), 0],
      ["m", 1],
      ["one", 0],
    ]);
  });
});

Deno.test("push_server, answers a request without tokens with an empty list", async () => {
  await using push = await startPush([]);
  await using msg = await push.connect();
  msg.order([]);
  await msg.link.expectBytes(buildFrame(CID_OTHER_PUSH_TO_USER_RSP, 0, new Uint8Array(0)));
});

Deno.test("push_server, refuses what a push service would never take", async () => {
  await withWebhook([], async (push) => {
    await using msg = await push.connect();
    assert.deepEqual(await msg.push([android("a")], { data: "x".repeat(5000) }), [1]);
    assert.deepEqual(await msg.push([android("a".repeat(513))]), [1]);
    assert.deepEqual(await msg.push([android("a")], { text: "x".repeat(50_000) }), [0]);
  });
});

Deno.test("push_server, looks at so many tokens of a request, and refuses the rest", async () => {
  await withWebhook([], async (push) => {
    await using msg = await push.connect();
    const tokens = Array.from({ length: MAX_TOKENS_PER_REQUEST + 2 }, (_, i) => android(`t${i}`));
    const results = await msg.push(tokens);
    assert.equal(results.indexOf(1), MAX_TOKENS_PER_REQUEST);
    assert.equal(results.lastIndexOf(0), MAX_TOKENS_PER_REQUEST - 1);
    assert.equal(results.length, tokens.length);
  });
});

Deno.test("push_server, takes a text with invalid UTF-8, as old msg_servers cut it", async () => {
  await withWebhook([], async (push, webhook) => {
    await using msg = await push.connect();
    const body = IMPushToUserReq.encode({
      flash: "ann:XX",
      data: "{}",
      user_token_list: [{ user_id: 7, user_type: 18, token: "a", push_count: 1, push_type: 1 }],
    }).slice();
    body.set([0xe4, 0xbd], 6); // The first two bytes of a character that has three.
    msg.link.send(CID_OTHER_PUSH_TO_USER_REQ, body);
    await msg.link.expect(CID_OTHER_PUSH_TO_USER_RSP, IMPushToUserRsp);
    assert.equal((await webhook.inbox.next()).body.data.text, "ann:�");
  });
});

Deno.test("push_server, answers each msg_server on its own link", async () => {
  await withWebhook([], async (push) => {
    await using one = await push.connect();
    await using other = await push.connect();
    one.order([android("of one")], { seqNum: 1 });
    other.order([android("of other")], { seqNum: 2 });
    for (const [peer, seqNum] of [[one, 1], [other, 2]] as const) {
      assert.equal(seqNumOf(await peer.link.next()), seqNum);
    }
  });
});

Deno.test("push_server, echoes a heartbeat as the bytes that came", async () => {
  await using push = await startPush([]);
  await using msg = await push.connect();
  const odd = HEARTBEAT.slice();
  odd[5] = 6; // Version, flag and reserved of another implementation.
  odd[7] = 7;
  odd[15] = 8;
  msg.link.sendBytes(odd);
  assert.equal((await msg.link.next({ heartbeats: "keep" })).toHex(), odd.toHex());
});

Deno.test("push_server, closes a link that is silent for 30 s, and never sends a heartbeat itself", async () => {
  await using push = await startPush([]);
  await using silent = await push.connect();
  await using alive = await push.connect();
  push.clock.advance(20_000);
  alive.link.sendBytes(HEARTBEAT);
  // The echo is the only thing that comes, and shows that the server has heard it.
  assert.equal((await alive.link.next({ heartbeats: "keep" })).toHex(), HEARTBEAT.toHex());
  push.clock.advance(11_000);
  await silent.link.ended();
  assert.deepEqual(await alive.push([ios(1)]), [1]);
});

Deno.test("push_server, closes a link, for any other command", async () => {
  await using push = await startPush([]);
  for (const commandId of [CID_MSG_DATA, CID_OTHER_PUSH_TO_USER_RSP, 0x0fff, 0xffff]) {
    await using msg = await push.connect();
    msg.link.send(commandId, new Uint8Array(3));
    await msg.link.ended();
  }
});

Deno.test("push_server, drops a request it cannot read, and keeps the link", async () => {
  await using push = await startPush([]);
  await using msg = await push.connect();
  const body = IMPushToUserReq.encode({
    flash: "ann:hello",
    data: "{}",
    user_token_list: [{ user_id: 7, user_type: 17, token: "a", push_count: 1, push_type: 1 }],
  });
  const unknownType = body.slice();
  unknownType[unknownType.indexOf(17, 14)] = 0x7f;
  for (const bad of [body.subarray(0, body.length - 1), new Uint8Array(1), unknownType]) {
    msg.link.send(CID_OTHER_PUSH_TO_USER_REQ, bad);
  }
  assert.deepEqual(await msg.push([ios(1), ios(2)]), [1, 1]);
});

Deno.test("push_server, closes a link at once, for a length below 16 or above its limit", async () => {
  await using push = await startPush([{ lines: ["MaxPduBytes=1024"] }]);
  await using witness = await push.connect();
  for (const length of [0, 1, 15, 1025, 0x7fffffff, 0xffffffff]) {
    await using bad = await push.connect();
    const header = buildFrame(CID_OTHER_PUSH_TO_USER_REQ, 0, new Uint8Array(0));
    new DataView(header.buffer, header.byteOffset).setUint32(0, length);
    bad.link.sendBytes(header);
    await bad.link.ended();
  }
  assert.deepEqual(await witness.push([ios(1)]), [1]);
});

Deno.test("push_server, reads PDUs from any split of the stream", async () => {
  await using push = await startPush([]);
  await using msg = await push.connect();
  const frame = buildFrame(
    CID_OTHER_PUSH_TO_USER_REQ,
    9,
    IMPushToUserReq.encode({ flash: "a", data: "{}", user_token_list: [] }),
  );
  const stream = new Uint8Array([...frame, ...frame, ...frame]);
  for (const size of [1, 7, 17, stream.length]) {
    for (let from = 0; from < stream.length; from += size) {
      msg.link.sendBytes(stream.slice(from, from + size));
    }
    for (let each = 0; each < 3; each++) assert.equal(seqNumOf(await msg.link.next()), 9);
  }
});

Deno.test("push_server, refuses further links, at MaxConnCnt", async () => {
  await using push = await startPush([{ lines: ["MaxConnCnt=1"] }]);
  await using first = await push.connect();
  await using second = await push.connect();
  await second.link.ended();
  assert.deepEqual(await first.push([ios(1)]), [1]);
});

Deno.test("push_server, leaves nothing open, when one of its addresses is in use", async () => {
  await using push = await startPush([]);
  const { port } = push.server.addresses.msgServer;
  const text =
    `ListenIP=127.0.0.2;127.0.0.1\nListenPort=${port}\nWebhookUrl=http://127.0.0.1:9/\n` +
    "WebhookSecret=s\n";
  const config = loadPushConfig(memorySource({ files: { "pushserver.conf": text } }));
  const clock = systemClock;
  const network = new TcpNetwork(clock);
  const deps = { network, clock, random: systemRandom, log: silentLogger };
  await assert.rejects(startPushServer(config, deps), ListenError);
});

Deno.test("push_server, frees its port, its links and its timers, when it stops", async () => {
  const push = await startPush([]);
  await using msg = await push.connect();
  assert.deepEqual(await msg.push([ios(1)]), [1]);
  await push.server.stop();
  await msg.link.ended();
  assert.equal(push.clock.pendingTimers, 0);
  await assert.rejects(
    ScriptedLink.connect(push.server.addresses.msgServer),
    /the connection was refused/,
  );
  await push.server.stop();
});
