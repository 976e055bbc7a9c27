/** Senders that are too fast and readers that are too slow (pitfalls.md P-LIM1, P-FRM3). */
import assert from "node:assert/strict";
import { CLIENT_TYPE_IOS, USER_STATUS_OFFLINE } from "../../proto/mod.ts";
import { ManualClock } from "../../shared/clock.ts";
import { group, hears, single, textsOf } from "../support/chat.ts";
import { matrix, ONE } from "../support/matrix.ts";
import { connectSlowReader } from "../support/slow_reader.ts";

const PER_SECOND = 5;
/** A burst of two seconds' worth passes at once. */
const BURST = 2 * PER_SECOND;

matrix("messages above the rate are delayed, never dropped, in order", ONE, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock, maxMsgPerSecond: PER_SECOND });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  const texts = Array.from({ length: BURST + 2 * PER_SECOND }, (_, i) => `text ${i}`);
  let acked = 0;
  const sent = texts.map((text) => ann.sendText(2, text).then((ack) => (acked++, ack)));

  await Promise.all(sent.slice(0, BURST));
  for (const text of texts.slice(0, BURST)) await hears(bob, text);
  // Others are not held up, and the sender still hears them.
  await bob.sendText(1, "slow down");
  await hears(ann, "slow down");
  assert.equal(acked, BURST);

  for (let passed = 1; passed <= 2 * PER_SECOND; passed++) {
    clock.advance(1000 / PER_SECOND);
    await sent[BURST + passed - 1];
    await hears(bob, texts[BURST + passed - 1]!);
    await bob.serverTime();
    assert.equal(acked, BURST + passed, "one more for each fifth of a second");
  }
  assert.deepEqual((await textsOf(bob, single(1))).filter((text) => text !== "slow down"), texts);
});

matrix("a connection has its own rate", ONE, async (cell) => {
  const clock = new ManualClock();
  await using cluster = await cell.start({ clock, maxMsgPerSecond: 1 });
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await using eve = await cluster.login("user3");
  await ann.sendText(3, "one");
  await ann.sendText(3, "two");
  const third = ann.sendText(3, "three");
  for (const text of ["four", "five"]) await bob.sendText(3, text);
  for (const text of ["one", "two", "four", "five"]) await hears(eve, text);
  clock.advance(1000);
  await third;
  await hears(eve, "three");
});

matrix(
  "a reader that does not read is cut off, the others do not wait for it",
  ONE,
  async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using phone = await cluster.login("user2", { clientType: CLIENT_TYPE_IOS });
    await using _slow = await connectSlowReader(cluster, "user3");
    let isCutOff = false;
    ann.on("status", ({ user_id, status }) => {
      isCutOff ||= user_id === 3 && status === USER_STATUS_OFFLINE;
    });
    // 8 MiB wait in the server at most, besides what the system buffers.
    const sound = new Uint8Array(512 * 1024);
    for (let sent = 0; !isCutOff; sent++) {
      assert.ok(sent < 100, "the server keeps 50 MiB for it");
      await ann.sendAudio(group(1), { durationSec: 1, sound });
      assert.equal((await phone.next("message")).msg_data.length, sound.length + 4);
      await ann.serverTime();
    }
    await ann.groupText(1, "gone at last");
    await hears(phone, "gone at last");
    // What it missed waits for it.
    await using eve = await cluster.login("user3");
    assert.equal((await textsOf(eve, group(1))).at(-1), "gone at last");
  },
);
