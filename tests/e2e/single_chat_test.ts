/** Who gets a single message, and in which order (docs/spec/flows.md 7 and 8). */
import assert from "node:assert/strict";
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_MAC,
  IMMsgData,
  IMMsgDataAck,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
  SESSION_TYPE_SINGLE,
} from "../../proto/mod.ts";
import { bodyOf, commandIdOf, seqNumOf } from "../../shared/pdu/mod.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { hears, single, textsOf, unreadOf } from "../support/chat.ts";
import { matrix } from "../support/matrix.ts";

matrix(
  "a text reaches all terminals of the receiver and the author's others (Q-ECHO)",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using annPhone = await cluster.login("user1", {
      msgServer: cell.far,
      clientType: CLIENT_TYPE_ANDROID,
    });
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    await using bobPhone = await cluster.login("user2", { clientType: CLIENT_TYPE_IOS });
    await using eve = await cluster.login("user3", { msgServer: cell.far });

    const ack = await ann.sendText(bob.userId, "hello");
    assert.deepEqual({ ...ack }, {
      user_id: ann.userId,
      session_id: bob.userId,
      msg_id: 1,
      session_type: SESSION_TYPE_SINGLE,
    });
    for (const terminal of [annPhone, bob, bobPhone]) {
      const message = await terminal.next("message");
      assert.equal(message.text, "hello");
      assert.equal(message.msg_id, ack.msg_id);
      assert.equal(message.from_user_id, ann.userId);
      assert.equal(message.to_session_id, bob.userId);
      assert.equal(message.attach_data, undefined, "attach_data is between servers");
      assert.ok(Math.abs(message.create_time - await terminal.serverTime()) <= 5);
    }

    // Neither the sending terminal nor a stranger got it: the answer and a greeting come first.
    await bob.sendText(ann.userId, "hi yourself");
    await hears(ann, "hi yourself");
    await ann.sendText(eve.userId, "welcome");
    await hears(eve, "welcome");
  },
);

matrix("a sound arrives as it was sent", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using annMac = await cluster.login("user1", { clientType: CLIENT_TYPE_IOS });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const sound = crypto.getRandomValues(new Uint8Array(60_000));
  const ack = await ann.sendAudio(single(bob.userId), { durationSec: 7, sound });
  for (const terminal of [annMac, bob]) {
    const message = await terminal.next("message");
    assert.equal(message.msg_id, ack.msg_id);
    assert.equal(message.msg_type, MSG_TYPE_SINGLE_AUDIO);
    assert.deepEqual([...message.msg_data.subarray(0, 4)], [0, 0, 0, 7]);
    assert.ok(message.msg_data.subarray(4).toHex() === sound.toHex());
  }
  const { msg_list: [stored] } = await bob.messageList(single(ann.userId));
  assert.equal(stored!.msg_type, MSG_TYPE_SINGLE_AUDIO);
  assert.ok(stored!.msg_data.subarray(4).toHex() === sound.toHex());
});

matrix("a message to somebody offline waits as unread and in history", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await ann.sendText(2, "are you there?");
  await ann.sendText(2, "call me");
  await using bob = await cluster.login("user2", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_MAC,
  });
  assert.equal(await unreadOf(bob, single(ann.userId)), 2);
  assert.deepEqual(await textsOf(bob, single(ann.userId)), ["are you there?", "call me"]);
  // It is not delivered again at the login.
  await ann.sendText(2, "there you are");
  await hears(bob, "there you are");
});

matrix("50 messages sent at once keep their order everywhere (P-ORD1)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using annPhone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const texts = Array.from({ length: 50 }, (_, i) => `text ${i}`);
  const acks = await Promise.all(texts.map((text) => ann.sendText(bob.userId, text)));
  assert.deepEqual(acks.map((ack) => ack.msg_id), texts.map((_, i) => i + 1));
  for (const terminal of [bob, annPhone]) {
    for (const text of texts) await hears(terminal, text);
  }
  assert.deepEqual(await textsOf(bob, single(ann.userId)), texts);
});

matrix("both directions of a pair share one series of ids", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const ids: number[] = [];
  for (let i = 0; i < 3; i++) {
    ids.push((await ann.sendText(bob.userId, "ping")).msg_id);
    ids.push((await bob.sendText(ann.userId, "pong")).msg_id);
  }
  assert.deepEqual(ids, [1, 2, 3, 4, 5, 6]);
  assert.equal((await ann.sendText(3, "another pair")).msg_id, 1);
});

const inMemory = { links: ["memory"], msgServers: [1] } as const;

matrix("the author's ack leaves before the message is delivered", inMemory, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  const seen: string[] = [];
  ann.onFrame((frame) => {
    if (commandIdOf(frame) === CID_MSG_DATA_ACK) seen.push("ack");
  });
  bob.onFrame((frame) => {
    if (commandIdOf(frame) === CID_MSG_DATA) seen.push("delivery");
  });
  await ann.sendText(bob.userId, "in which order?");
  await hears(bob, "in which order?");
  assert.deepEqual(seen, ["ack", "delivery"]);
});

matrix(
  "what a client says about author, id and time of a message is not believed",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using eve = await cluster.login("user3");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    const exchange = {
      id: CID_MSG_DATA,
      request: IMMsgData,
      replyId: CID_MSG_DATA_ACK,
      reply: IMMsgDataAck,
    };
    for (const claimed of [1, bob.userId]) {
      const ack = await eve.request(exchange, {
        from_user_id: claimed,
        to_session_id: bob.userId,
        msg_id: 77,
        create_time: 5,
        msg_type: MSG_TYPE_SINGLE_TEXT,
        msg_data: encodeText(`I am user${claimed}`, eve.aesKey),
      });
      assert.equal(ack.user_id, eve.userId);
      const message = await bob.next("message");
      assert.equal(message.from_user_id, eve.userId);
      assert.equal(message.msg_id, ack.msg_id);
      assert.ok(message.create_time > 5);
    }
    assert.deepEqual(await textsOf(bob, single(1)), []);
    assert.deepEqual(await textsOf(bob, single(eve.userId)), ["I am user1", "I am user2"]);
  },
);

matrix(
  "deliveries carry seq_num 0, the ack that of the request (Q-NUM)",
  { msgServers: [1] },
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    const numbers: number[] = [];
    bob.onFrame((frame) => {
      if (commandIdOf(frame) === CID_MSG_DATA) numbers.push(seqNumOf(frame));
    });
    const acked: number[] = [];
    ann.onFrame((frame) => {
      if (commandIdOf(frame) !== CID_MSG_DATA_ACK) return;
      acked.push(IMMsgDataAck.decode(bodyOf(frame)).msg_id);
      assert.notEqual(seqNumOf(frame), 0);
    });
    await ann.sendText(bob.userId, "one");
    await ann.sendText(bob.userId, "two");
    await hears(bob, "one");
    await hears(bob, "two");
    assert.deepEqual(numbers, [0, 0]);
    assert.deepEqual(acked, [1, 2]);
  },
);
