/** Unread counts and read acks (docs/spec/flows.md 10 and 11). */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  GROUP_TYPE_NORMAL,
  MSG_TYPE_SINGLE_AUDIO,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../proto/mod.ts";
import { textOf } from "../../shared/client/mod.ts";
import { decodeText, DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import { group, hears, settled, single, unreadOf } from "../support/chat.ts";
import { demoData } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

matrix(
  "unread sessions come with count and last message, singles before groups",
  {},
  async (cell) => {
    await using cluster = await cell.start({
      seed: demoData(12, [{ id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members: [1, 2, 10] }]),
    });
    await using ann = await cluster.login("user1");
    await using two = await cluster.login("user2");
    await using ten = await cluster.login("user10");
    await two.groupText(1, "in the group");
    await ten.groupText(1, "in the group too");
    await two.sendText(1, "one");
    await two.sendText(1, "two");
    await ten.sendText(1, "ten");

    const { user_id, total_cnt, unreadinfo_list } = await ann.unread();
    assert.equal(user_id, 1);
    assert.equal(total_cnt, 5);
    const seen = unreadinfo_list.map((info) => ({
      type: info.session_type,
      id: info.session_id,
      count: info.unread_cnt,
      latest: info.latest_msg_id,
      text: decodeText(info.latest_msg_data, DEFAULT_CLIENT_AES_KEY),
      from: info.latest_msg_from_user_id,
    }));
    const type = SESSION_TYPE_SINGLE;
    assert.deepEqual(seen, [
      // Singles in text order of the ids: "10" before "2".
      { type, id: 10, count: 1, latest: 1, text: "ten", from: 10 },
      { type, id: 2, count: 2, latest: 2, text: "two", from: 2 },
      { type: SESSION_TYPE_GROUP, id: 1, count: 2, latest: 2, text: "in the group too", from: 10 },
    ]);
  },
);

matrix("what one wrote oneself is read", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await ann.sendText(2, "hi");
  await ann.groupText(1, "hi all");
  assert.equal((await ann.unread()).total_cnt, 0);
  assert.equal((await bob.unread()).total_cnt, 2);
  // An author has seen what came before: the original sets his counter to the group's.
  await bob.groupText(1, "hi ann");
  assert.equal(await unreadOf(bob, group(1)), 0);
  assert.equal(await unreadOf(ann, group(1)), 1);
});

matrix(
  "a read ack clears its session and tells the reader's other terminals only",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    await using bobPhone = await cluster.login("user2", { clientType: CLIENT_TYPE_IOS });
    await using eve = await cluster.login("user3", { msgServer: cell.far });
    const { msg_id } = await ann.sendText(2, "read this");
    await ann.groupText(1, "and this");
    await eve.sendText(2, "not that");

    for (const session of [single(1), group(1)]) {
      bob.readAck(session, msg_id);
      await settled(bob);
      assert.equal(await unreadOf(bob, session), 0);
      assert.deepEqual({ ...await bobPhone.next("readNotify") }, {
        user_id: 2,
        msg_id,
        ...session,
      });
    }
    assert.equal(await unreadOf(bob, single(3)), 1);

    // The phone reads the rest: of all terminals only the PC is told, and of nothing else before it.
    bobPhone.readAck(single(3), 1);
    assert.equal((await bob.next("readNotify")).session_id, 3);
    await bob.sendText(1, "done");
    await hears(ann, "done");
    await ann.sendText(3, "ask bob");
    await hears(eve, "and this");
    await hears(eve, "ask bob");
    assert.deepEqual([...ann.drain("readNotify"), ...eve.drain("readNotify")], []);
  },
);

matrix("counting goes on after a read ack", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  for (const session of [single(1), group(1)]) {
    const say = (text: string) =>
      session.session_type === SESSION_TYPE_GROUP ? ann.groupText(1, text) : ann.sendText(2, text);
    await say("one");
    await say("two");
    // Whatever id it names, everything is read (docs/spec/pitfalls.md P-UNR3).
    bob.readAck(session, 1);
    await settled(bob);
    await say("three");
    assert.equal(await unreadOf(bob, session), 1);
  }
  // A session one knows nothing of has nothing to clear.
  bob.readAck(single(5), 1);
  bob.readAck(group(99), 1);
  await settled(bob);
  assert.equal((await bob.unread()).total_cnt, 2);
});

matrix("an unread sound is shown as a label", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { clientType: CLIENT_TYPE_ANDROID });
  await ann.sendAudio(single(2), { durationSec: 2, sound: new Uint8Array(5000) });
  const { unreadinfo_list: [info] } = await bob.unread();
  assert.equal(info!.latest_msg_type, MSG_TYPE_SINGLE_AUDIO);
  assert.equal(decodeText(info!.latest_msg_data, DEFAULT_CLIENT_AES_KEY), "[语音]");
  const { contact_session_list: [session] } = await bob.recentSessions();
  assert.equal(session!.latest_msg_type, MSG_TYPE_SINGLE_AUDIO);
  assert.equal(decodeText(session!.latest_msg_data, DEFAULT_CLIENT_AES_KEY), "[语音]");
  const { msg_list: [stored] } = await bob.messageList(single(1));
  assert.equal(textOf(stored!), null);
});

matrix("somebody without messages has nothing unread", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  const answer = await ann.unread();
  assert.deepEqual([answer.total_cnt, answer.unreadinfo_list], [0, []]);
});
