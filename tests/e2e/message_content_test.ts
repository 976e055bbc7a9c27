/** What a message may hold: any text up to the limits; what is above or senseless gets no ack. */
import assert from "node:assert/strict";
import {
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
} from "../../proto/mod.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { acksOf, endOf, group, hears, say, single, unreadOf } from "../support/chat.ts";
import { demoData, demoUser } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

const MIB = 1024 * 1024;
const UTF8 = new TextEncoder();

/** None of these is in the clients' encoding; servers pass it on unread (pitfalls.md Q-ENC). */
const CONTENTS: Readonly<Record<string, Uint8Array>> = {
  quotes: UTF8.encode(`'; DROP TABLE IMUser; -- " \\ %s`),
  NULs: UTF8.encode("before\0after\0"),
  "only a NUL": new Uint8Array(1),
  emoji: UTF8.encode("👩‍👩‍👧‍👦 ünïcödé 汉字"),
  "every ASCII byte": Uint8Array.from({ length: 128 }, (_, i) => i),
  "trailing spaces": UTF8.encode("  two  "),
  "the largest text": UTF8.encode("语".repeat(1365) + "!"),
};

for (const [name, msg_data] of Object.entries(CONTENTS)) {
  matrix(`message data comes back byte for byte: ${name}`, {}, async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    for (
      const [to_session_id, msg_type, session] of [
        [bob.userId, MSG_TYPE_SINGLE_TEXT, single(ann.userId)],
        [1, MSG_TYPE_GROUP_TEXT, group(1)],
      ] as const
    ) {
      await ann.sendMessage({ to_session_id, msg_type, msg_data });
      assert.equal((await bob.next("message")).msg_data.toHex(), msg_data.toHex());
      const { msg_list: [stored] } = await bob.messageList(session);
      assert.equal(stored!.msg_data.toHex(), msg_data.toHex());
    }
    const { unreadinfo_list } = await bob.unread();
    assert.deepEqual(unreadinfo_list.map((info) => info.latest_msg_data.toHex()), [
      msg_data.toHex(),
      msg_data.toHex(),
    ]);
    const { contact_session_list } = await bob.recentSessions();
    for (const session of contact_session_list) {
      assert.equal(session.latest_msg_data.toHex(), msg_data.toHex());
    }
  });
}

/** user6 has left, user99 never was. */
const withLeaver: typeof demoData = (count) => async (storage) => {
  await demoData(count)(storage);
  await storage.users.add([demoUser(6, { status: 3 })]);
};

interface Refused {
  readonly to_session_id: number;
  readonly msg_type: typeof MSG_TYPE_SINGLE_TEXT | typeof MSG_TYPE_SINGLE_AUDIO;
  readonly msg_data: Uint8Array;
}

const HELLO = encodeText("hello", "12345678901234567890123456789012");

const REFUSED: Readonly<Record<string, Refused>> = {
  "to oneself": { to_session_id: 1, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data: HELLO },
  "an empty text": {
    to_session_id: 2,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array(0),
  },
  "a text above 4096 bytes": {
    to_session_id: 2,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array(4097).fill(65),
  },
  "a text that is not UTF-8": {
    to_session_id: 2,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array([65, 0xff, 0xfe, 0xc3, 0x28, 0x80, 0xed, 0xa0, 0x80]),
  },
  "a sound without sound": {
    to_session_id: 2,
    msg_type: MSG_TYPE_SINGLE_AUDIO,
    msg_data: new Uint8Array(4),
  },
  "to an unknown user": { to_session_id: 99, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data: HELLO },
  "to user 0": { to_session_id: 0, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data: HELLO },
  "to a user who left": { to_session_id: 6, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data: HELLO },
};

for (const [name, refused] of Object.entries(REFUSED)) {
  matrix(`no ack and nothing stored: ${name}`, ONE, async (cell) => {
    await using cluster = await cell.start({ seed: withLeaver(5) });
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2");
    const acks = acksOf(ann);
    say(ann, { ...refused, from_user_id: ann.userId });
    await ann.sendText(bob.userId, "first");
    await ann.sendText(bob.userId, "second");
    assert.deepEqual(acks.map((ack) => ack.msg_id), [1, 2]);
    await hears(bob, "first");
    await hears(bob, "second");
    assert.equal(await unreadOf(bob, single(ann.userId)), 2);
    const { contact_session_list } = await ann.recentSessions();
    assert.deepEqual(contact_session_list.map((session) => session.session_id), [bob.userId]);
    if (refused.to_session_id !== bob.userId) {
      assert.equal(await ann.latestMessageId(single(refused.to_session_id)), 0);
    }
    await bob.sendText(ann.userId, "and to you");
    await hears(ann, "and to you");
  });
}

matrix("the largest sound passes, one byte more closes the connection", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  // The frame holds the data and about 30 bytes more; frames end at 1 MiB (wire.md 2).
  const sound = new Uint8Array(MIB - 64).fill(7);
  await ann.sendAudio(single(bob.userId), { durationSec: 1, sound });
  assert.equal((await bob.next("message")).msg_data.length, sound.length + 4);
  const tooLarge = new Uint8Array(MIB);
  await assert.rejects(ann.sendAudio(single(bob.userId), { durationSec: 1, sound: tooLarge }));
  await endOf(ann);
  assert.equal(await bob.latestMessageId(single(1)), 1);
});
