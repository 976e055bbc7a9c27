/** Recent sessions and their removal (docs/spec/flows.md 13). */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_IOS,
  SESSION_STATUS_OK,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { decodeText, DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import { group, hears, single, textsOf, unreadOf } from "../support/chat.ts";
import { demoData } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

/** Like `single 2` or `group 1`, newest first. */
async function sessionsOf(client: Client, since = 0): Promise<string[]> {
  const { contact_session_list } = await client.recentSessions(since);
  return contact_session_list.map(({ session_type, session_id }) =>
    `${session_type === SESSION_TYPE_SINGLE ? "single" : "group"} ${session_id}`
  );
}

const inMemory = { links: ["memory"] } as const;

matrix("sessions come newest first, for both sides and all members", inMemory, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using eve = await cluster.login("user3");
  await ann.sendText(2, "to bob");
  clock.advance(2000);
  await ann.groupText(1, "to all");
  clock.advance(2000);
  await ann.sendText(3, "to eve");
  assert.deepEqual(await sessionsOf(ann), ["single 3", "group 1", "single 2"]);
  assert.deepEqual(await sessionsOf(bob), ["group 1", "single 1"]);
  assert.deepEqual(await sessionsOf(eve), ["single 1", "group 1"]);
  clock.advance(2000);
  await bob.sendText(1, "back to you");
  assert.deepEqual(await sessionsOf(ann), ["single 2", "single 3", "group 1"]);

  // Only what changed later than the time given, for syncs after a reconnect.
  const { contact_session_list } = await ann.recentSessions();
  const [newest, second] = contact_session_list;
  assert.deepEqual(await sessionsOf(ann, second!.updated_time), ["single 2"]);
  assert.deepEqual(await sessionsOf(ann, newest!.updated_time), []);
});

matrix("a session shows its last message", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await ann.sendText(2, "first");
  await ann.sendText(2, "last");
  await bob.groupText(1, "last of the group");
  for (const [client, peer] of [[ann, 2], [bob, 1]] as const) {
    const { contact_session_list } = await client.recentSessions();
    assert.equal(contact_session_list.length, 2);
    for (const session of contact_session_list) {
      const isGroup = session.session_type === SESSION_TYPE_GROUP;
      assert.equal(session.session_id, isGroup ? 1 : peer);
      assert.equal(session.session_status, SESSION_STATUS_OK);
      assert.equal(session.latest_msg_id, isGroup ? 1 : 2);
      // A single session names the peer, whoever wrote last (docs/spec/pitfalls.md Q-FROM).
      assert.equal(session.latest_msg_from_user_id, isGroup ? 2 : peer);
      assert.equal(
        decodeText(session.latest_msg_data, DEFAULT_CLIENT_AES_KEY),
        isGroup ? "last of the group" : "last",
      );
    }
  }
});

matrix(
  "a removed session is gone with its unread count, and comes back with a message",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    for (const session of [single(1), group(1)]) {
      const isGroup = session.session_type === SESSION_TYPE_GROUP;
      const say = (text: string) => isGroup ? ann.groupText(1, text) : ann.sendText(2, text);
      const name = isGroup ? "group 1" : "single 1";
      await say("one");
      await hears(bob, "one");
      const removed = await bob.removeSession(session);
      assert.deepEqual({ ...removed }, { user_id: 2, result_code: 0, ...session });
      assert.ok(!(await sessionsOf(bob)).includes(name));
      assert.equal(await unreadOf(bob, session), 0);
      // Not for the other side, and the messages stay.
      assert.ok((await sessionsOf(ann)).includes(isGroup ? name : "single 2"));
      assert.deepEqual(await textsOf(bob, session), ["one"]);
      // Twice fails.
      assert.equal((await bob.removeSession(session)).result_code, 1);
      await say("two");
      assert.ok((await sessionsOf(bob)).includes(name));
      assert.equal(await unreadOf(bob, session), 1);
      await hears(bob, "two");
    }
    assert.equal((await bob.removeSession(single(99))).result_code, 1);
  },
);

matrix(
  "the removal of a single session is told to the user's other terminals",
  {},
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    await using bobPhone = await cluster.login("user2", { clientType: CLIENT_TYPE_IOS });
    await ann.groupText(1, "hi all");
    await ann.sendText(2, "hi bob");
    await bob.removeSession(group(1)); // Told to nobody.
    await bob.removeSession(single(1));
    assert.deepEqual({ ...await bobPhone.next("sessionRemoved") }, { user_id: 2, ...single(1) });
    // Told even when there is none to remove (docs/spec/pitfalls.md Q-REMOVE).
    await bobPhone.removeSession(single(99));
    assert.equal((await bob.next("sessionRemoved")).session_id, 99);
    assert.deepEqual([...bobPhone.drain("sessionRemoved"), ...ann.drain("sessionRemoved")], []);
  },
);

matrix("at most 100 sessions, the newest", ONE, async (cell) => {
  await using cluster = await cell.start({ seed: demoData(130) });
  await using ann = await cluster.login("user1");
  await Promise.all(Array.from({ length: 120 }, (_, i) => ann.sendText(i + 5, "hi")));
  assert.equal((await sessionsOf(ann)).length, 100);
});
