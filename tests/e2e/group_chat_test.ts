/** Who gets a group message (docs/spec/flows.md 9). */
import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  GROUP_MODIFY_TYPE_ADD,
  GROUP_MODIFY_TYPE_DEL,
  GROUP_TYPE_NORMAL,
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  SESSION_TYPE_GROUP,
} from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { acksOf, group, hears, say, textsOf } from "../support/chat.ts";
import { demoData } from "../support/demo_data.ts";
import { matrix, ONE } from "../support/matrix.ts";

matrix("a group text reaches all members and the author's other terminals", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using annPhone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_ANDROID,
  });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using bobPhone = await cluster.login("user2", { clientType: CLIENT_TYPE_ANDROID });
  await using stranger = await cluster.login("user4", { msgServer: cell.far });

  const ack = await ann.groupText(1, "good morning");
  assert.deepEqual({ ...ack }, {
    user_id: ann.userId,
    session_id: 1,
    msg_id: 1,
    session_type: SESSION_TYPE_GROUP,
  });
  for (const terminal of [annPhone, bob, bobPhone]) {
    const message = await terminal.next("message");
    assert.equal(message.text, "good morning");
    assert.equal(message.msg_id, 1);
    assert.equal(message.msg_type, MSG_TYPE_GROUP_TEXT);
    assert.equal(message.from_user_id, ann.userId);
    assert.equal(message.to_session_id, 1);
    assert.equal(message.attach_data, undefined, "attach_data is between servers");
  }
  // The author's sending terminal and the stranger hear what comes next, not this.
  await bob.groupText(1, "morning!");
  for (const terminal of [ann, annPhone, bobPhone]) await hears(terminal, "morning!");
  await ann.sendText(stranger.userId, "nothing for you");
  await hears(stranger, "nothing for you");
});

matrix("a sound for a group arrives as it was sent", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const sound = crypto.getRandomValues(new Uint8Array(30_000));
  await ann.sendAudio(group(1), { durationSec: 3, sound });
  const message = await bob.next("message");
  assert.equal(message.msg_type, MSG_TYPE_GROUP_AUDIO);
  assert.equal(message.text, null);
  assert.ok(message.msg_data.subarray(4).toHex() === sound.toHex());
  const { msg_list: [stored] } = await bob.messageList(group(1));
  assert.ok(stored!.msg_data.toHex() === message.msg_data.toHex());
});

matrix("group messages of several authors have one order for everybody", {}, async (cell) => {
  await using cluster = await cell.start();
  const authors = await Promise.all([
    cluster.login("user1"),
    cluster.login("user2", { msgServer: cell.far }),
  ]);
  await using listener = await cluster.login("user3", { msgServer: cell.far });
  const acks = await Promise.all(
    authors.flatMap((author) =>
      Array.from({ length: 25 }, (_, i) => author.groupText(1, `${author.userId}: ${i}`))
    ),
  );
  assert.deepEqual(
    acks.map((ack) => ack.msg_id).sort((a, b) => a - b),
    Array.from({ length: 50 }, (_, i) => i + 1),
  );
  const heard: (string | null)[] = [];
  while (heard.length < 50) heard.push((await listener.next("message")).text);
  const stored = await textsOf(listener, group(1));
  for (const author of authors) {
    const own = (texts: (string | null)[]): (string | null)[] =>
      texts.filter((text) => text?.startsWith(`${author.userId}:`));
    const said = Array.from({ length: 25 }, (_, i) => `${author.userId}: ${i}`);
    assert.deepEqual(own(heard), said);
    assert.deepEqual(own(stored), said);
    await author.close();
  }
});

const REFUSED: readonly (readonly [string, number])[] = [
  ["somebody who is no member", 3],
  ["an unknown group", 99],
  ["group 0", 0],
];

for (const [name, to_session_id] of REFUSED) {
  matrix(`a group message gets no ack: ${name}`, {}, async (cell) => {
    await using cluster = await cell.start({
      seed: demoData(5, [
        { id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members: [1, 2, 3] },
        { id: 3, type: GROUP_TYPE_NORMAL, creator: 1, members: [2, 3] },
      ]),
    });
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    const acks = acksOf(ann);
    say(ann, {
      from_user_id: bob.userId,
      to_session_id,
      msg_type: MSG_TYPE_GROUP_TEXT,
      msg_data: encodeText("let me in", ann.aesKey),
    });
    await ann.groupText(1, "first");
    await ann.groupText(1, "second");
    assert.deepEqual(acks.map((ack) => ack.session_id), [1, 1]);
    await hears(bob, "first");
    await hears(bob, "second");
    assert.equal(await bob.latestMessageId(group(to_session_id)), 0);
    assert.equal((await ann.recentSessions()).contact_session_list.length, 1);
  });
}

matrix("members added just before a message get it, removed ones do not", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using dan = await cluster.login("user4", { msgServer: cell.far });
  await ann.groupText(2, "before");
  await hears(bob, "before");
  const change = { group_id: 2, member_id_list: [dan.userId] };
  for (let round = 1; round <= 3; round++) {
    await ann.changeMembers({ ...change, change_type: GROUP_MODIFY_TYPE_ADD });
    await ann.groupText(2, `with you ${round}`);
    await hears(dan, `with you ${round}`);
    await hears(bob, `with you ${round}`);
    await ann.changeMembers({ ...change, change_type: GROUP_MODIFY_TYPE_DEL });
    await ann.groupText(2, `without you ${round}`);
    await hears(bob, `without you ${round}`);
  }
  await ann.sendText(dan.userId, "just us");
  await hears(dan, "just us");
  const acks = acksOf(dan);
  say(dan, {
    from_user_id: dan.userId,
    to_session_id: 2,
    msg_type: MSG_TYPE_GROUP_TEXT,
    msg_data: encodeText("I am still here", dan.aesKey),
  });
  await dan.sendText(bob.userId, "hi");
  await dan.sendText(bob.userId, "bye");
  assert.equal(acks.length, 2);
  await hears(bob, "hi");
});

matrix("history of a group begins when one joined", {
  links: ["memory"],
  msgServers: [1, 2],
}, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock });
  await using ann = await cluster.login("user1");
  await using dan = await cluster.login("user4", { msgServer: cell.far });
  await ann.groupText(2, "before dan");
  assert.deepEqual(await textsOf(dan, group(2)), []);
  assert.equal(await dan.latestMessageId(group(2)), 0);
  clock.advance(10_000);
  await ann.changeMembers({
    group_id: 2,
    change_type: GROUP_MODIFY_TYPE_ADD,
    member_id_list: [4],
  });
  assert.deepEqual(await textsOf(dan, group(2)), []);
  await ann.groupText(2, "with dan");
  assert.deepEqual(await textsOf(dan, group(2)), ["with dan"]);
  assert.deepEqual((await dan.messagesByIds(group(2), [1, 2])).msg_list.map((m) => m.msg_id), [2]);
  assert.deepEqual(await textsOf(ann, group(2)), ["before dan", "with dan"]);
});

matrix("a message reaches a group of 500", { msgServers: [2] }, async (cell) => {
  const members = Array.from({ length: 500 }, (_, i) => i + 1);
  await using cluster = await cell.start({
    seed: demoData(501, [{ id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members }]),
  });
  const terminals = await Promise.all(
    members.map((id) =>
      cluster.login(`user${id}`, { msgServer: id % 2, clientType: CLIENT_TYPE_ANDROID })
    ),
  );
  await using stranger = await cluster.login("user501");
  const [ann, ...others] = terminals;
  await ann!.groupText(1, "hello everybody");
  await ann!.groupText(1, "can you hear me?");
  for (const terminal of others) {
    await hears(terminal, "hello everybody");
    await hears(terminal, "can you hear me?");
  }
  await others[0]!.groupText(1, "yes");
  await hears(ann!, "yes");
  assert.deepEqual(stranger.drain("message"), []);
  await Promise.all(terminals.map((terminal) => terminal.close()));
});

matrix("a normal group is as good as a temporary one", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  for (const groupId of [1, 2]) {
    assert.equal((await ann.groupText(groupId, `to ${groupId}`)).msg_id, 1);
    await hears(bob, `to ${groupId}`);
  }
});
