/** Reading stored messages (docs/spec/flows.md 12). */
import assert from "node:assert/strict";
import {
  CID_MSG_LIST_REQUEST,
  CID_MSG_LIST_RESPONSE,
  IMGetMsgListReq,
  IMGetMsgListRsp,
  type IMMsgDataAck,
} from "../../proto/mod.ts";
import type { Client, SessionRef } from "../../shared/client/mod.ts";
import { group, single, textsOf, wholeHistory } from "../support/chat.ts";
import { matrix, ONE } from "../support/matrix.ts";

interface Conversation {
  readonly name: string;
  /** As the author, user1, has it, and as user2 has it. */
  readonly own: SessionRef;
  readonly theirs: SessionRef;
  readonly say: (author: Client, text: string) => Promise<IMMsgDataAck>;
}

const CONVERSATIONS: readonly Conversation[] = [
  {
    name: "single",
    own: single(2),
    theirs: single(1),
    say: (author, text) => author.sendText(2, text),
  },
  {
    name: "group",
    own: group(1),
    theirs: group(1),
    say: (author, text) => author.groupText(1, text),
  },
];

/** Ids from `newest` down to `oldest`. */
function down(newest: number, oldest: number): number[] {
  return Array.from({ length: newest - oldest + 1 }, (_, i) => newest - i);
}

for (const { name, own, theirs, say } of CONVERSATIONS) {
  matrix(`history comes in pages, newest first: ${name}`, {}, async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    await Promise.all(Array.from({ length: 250 }, (_, i) => say(ann, `text ${i + 1}`)));
    const page = async (begin: number, count: number): Promise<number[]> => {
      const answer = await bob.messageList(theirs, { begin, count });
      assert.deepEqual([answer.msg_id_begin, answer.session_id], [begin, theirs.session_id]);
      return answer.msg_list.map((info) => info.msg_id);
    };
    assert.deepEqual(await page(0, 5), down(250, 246));
    assert.deepEqual(await page(245, 5), down(245, 241));
    assert.deepEqual(await page(3, 20), down(3, 1));
    assert.deepEqual(await page(1, 20), [1]);
    assert.deepEqual(await page(9999, 2), down(250, 249));
    assert.deepEqual(await page(0, 0), []);
    // At most 100 at a time, whatever is asked (docs/spec/pitfalls.md P-LIM4).
    assert.deepEqual(await page(0, 101), down(250, 151));
    assert.deepEqual(await page(0, 0xffffffff), down(250, 151));
    const all = await wholeHistory(ann, own);
    assert.deepEqual(all.map((info) => info.msg_id), down(250, 1).reverse());
    assert.ok(all.every((info) => info.from_session_id === 1));
  });

  matrix(`messages are found by their ids: ${name}`, {}, async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using bob = await cluster.login("user2", { msgServer: cell.far });
    await Promise.all(Array.from({ length: 120 }, (_, i) => say(ann, `text ${i + 1}`)));
    const byIds = async (ids: readonly number[]): Promise<number[]> =>
      (await bob.messagesByIds(theirs, ids)).msg_list.map((info) => info.msg_id);
    assert.deepEqual(await byIds([3, 1, 2, 99999, 0, 2]), [3, 2, 1]);
    assert.deepEqual(await byIds([]), []);
    assert.deepEqual(await byIds(down(120, 1)), down(120, 21));
    assert.equal(await bob.latestMessageId(theirs), 120);
    assert.equal(await ann.latestMessageId(own), 120);
  });

  matrix(`strangers read nothing: ${name}`, ONE, async (cell) => {
    await using cluster = await cell.start();
    await using ann = await cluster.login("user1");
    await using stranger = await cluster.login("user4");
    await say(ann, "for our ears only");
    for (const session of [own, theirs]) {
      assert.deepEqual(await textsOf(stranger, session), []);
      assert.deepEqual((await stranger.messagesByIds(session, [1])).msg_list, []);
      assert.equal(await stranger.latestMessageId(session), 0);
    }
  });
}

matrix("a user id in a request is not believed", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using eve = await cluster.login("user3");
  await ann.sendText(2, "private");
  const answer = await eve.request({
    id: CID_MSG_LIST_REQUEST,
    request: IMGetMsgListReq,
    replyId: CID_MSG_LIST_RESPONSE,
    reply: IMGetMsgListRsp,
  }, { user_id: 1, ...single(2), msg_id_begin: 0, msg_cnt: 10 });
  assert.equal(answer.user_id, 3);
  assert.deepEqual(answer.msg_list, []);
});

matrix("a conversation that never was is empty", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  for (const session of [single(2), single(1), single(99), group(1), group(99)]) {
    assert.deepEqual(await textsOf(ann, session), []);
    assert.equal(await ann.latestMessageId(session), 0);
  }
});

matrix("a history of large sounds comes in smaller pages", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  const sound = new Uint8Array(1000 * 1024);
  for (let i = 0; i < 20; i++) await ann.sendAudio(single(2), { durationSec: 60, sound });
  const { msg_list } = await bob.messageList(single(1), { count: 20 });
  assert.ok(msg_list.length >= 1 && msg_list.length < 20);
  const all = await wholeHistory(bob, single(1));
  assert.deepEqual(all.map((info) => info.msg_id), down(20, 1).reverse());
});
