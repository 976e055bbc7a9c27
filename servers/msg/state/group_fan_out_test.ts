import assert from "node:assert/strict";
import { IMGroupInfoListReq } from "../../../proto/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";
import { GroupFanOut, type GroupMessage, MAX_WAITING_PER_GROUP } from "./group_fan_out.ts";

const GROUP = 5;

class Stage {
  readonly clock = new ManualClock();
  /** The author in whose name each query was sent. */
  readonly askedFor: number[] = [];
  readonly fan = new GroupFanOut({
    clock: this.clock,
    ask: (frame) => {
      this.askedFor.push(IMGroupInfoListReq.decode(bodyOf(frame)).user_id);
      return true;
    },
  });
  #lastMsgId = 0;

  /** Messages are numbered 1, 2, 3 … as they are said. */
  say(authorId: number, text: string): void {
    const body = new TextEncoder().encode(text);
    const message = { origin: "client", authorId, groupId: GROUP, handle: 0, body } as const;
    this.fan.add({ ...message, msgId: ++this.#lastMsgId });
  }

  /** What is delivered when db_proxy answers the query for message `msgId`. */
  answer(msgId: number, authorId: number, members: readonly number[] | null = [1, 2, 3]): string[] {
    return texts(this.fan.answered({ groupId: GROUP, authorId, msgId, members }));
  }
}

function texts(messages: readonly GroupMessage[]): string[] {
  return messages.map(({ body }) => new TextDecoder().decode(body));
}

Deno.test("GroupFanOut, messages stored during a query share the next one, in order", () => {
  const stage = new Stage();
  stage.say(1, "a");
  stage.say(2, "b");
  stage.say(3, "c");
  assert.deepEqual(stage.askedFor, [1]);
  assert.deepEqual(stage.answer(1, 1), ["a"]);
  assert.deepEqual(stage.askedFor, [1, 2]);
  assert.deepEqual(stage.answer(2, 2), ["b", "c"]);
  assert.deepEqual(stage.askedFor, [1, 2], "nothing is left to ask for");
  stage.fan.stop();
});

Deno.test("GroupFanOut, an author who is no member loses only his own messages", () => {
  const stage = new Stage();
  stage.say(9, "first");
  stage.say(9, "stranger");
  stage.say(2, "member");
  stage.answer(1, 9, [2, 9]);
  assert.deepEqual(stage.answer(2, 9, null), []);
  assert.deepEqual(stage.askedFor, [9, 9, 2]);
  assert.deepEqual(stage.answer(3, 2, [2]), ["member"]);
  stage.fan.stop();
});

Deno.test("GroupFanOut, a lost query is sent again, for the messages that it was sent for", () => {
  const stage = new Stage();
  stage.say(1, "a");
  stage.say(2, "b");
  stage.fan.askAgain();
  assert.deepEqual(stage.askedFor, [1, 1]);
  assert.deepEqual(stage.answer(1, 1), ["a"]);
  assert.deepEqual(stage.answer(2, 2), ["b"]);
  stage.fan.stop();
});

Deno.test("GroupFanOut, the second answer to a repeated query is not taken for a newer one", () => {
  const stage = new Stage();
  stage.say(1, "before ann joined");
  stage.fan.askAgain();
  stage.say(1, "after ann joined");
  assert.deepEqual(stage.answer(1, 1, [1]), ["before ann joined"]);
  assert.deepEqual(stage.answer(1, 1, [1]), [], "older than the second message");
  assert.deepEqual(stage.answer(2, 1, [1, 7]), ["after ann joined"]);
  stage.fan.stop();
});

Deno.test("GroupFanOut, a query without an answer is repeated, and nothing ticks when idle", () => {
  const stage = new Stage();
  stage.say(1, "a");
  const times = Array.from({ length: 20 }, () => {
    stage.clock.advance(500);
    return stage.askedFor.length;
  });
  // After 1.5, 4.5 and 7.5 s, so that a group is told soon after an outage.
  assert.deepEqual([2, 3, 4].map((count) => 0.5 * (times.indexOf(count) + 1)), [1.5, 4.5, 7.5]);
  stage.answer(1, 1);
  stage.clock.advance(5000);
  assert.equal(stage.askedFor.length, 4);
  assert.equal(stage.clock.pendingTimers, 0);
});

Deno.test("GroupFanOut, above its limit the oldest waiting message is left to history", () => {
  const stage = new Stage();
  stage.say(1, "asked");
  for (let i = 0; i <= MAX_WAITING_PER_GROUP; i++) stage.say(1, String(i));
  assert.deepEqual(stage.answer(1, 1), ["asked"]);
  const delivered = stage.answer(3, 1);
  assert.equal(delivered.length, MAX_WAITING_PER_GROUP);
  assert.equal(delivered[0], "1");
  stage.fan.stop();
});

Deno.test("GroupFanOut, stays within its limit while nobody answers for a long time", () => {
  const stage = new Stage();
  stage.say(1, "asked");
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < MAX_WAITING_PER_GROUP; i++) stage.say(1, `${round} ${i}`);
    stage.clock.advance(5000);
  }
  assert.deepEqual(stage.answer(1, 1), ["asked"]);
  const delivered = stage.answer(2 * MAX_WAITING_PER_GROUP + 2, 1);
  assert.equal(delivered.length, MAX_WAITING_PER_GROUP);
  assert.equal(delivered.at(-1), `2 ${MAX_WAITING_PER_GROUP - 1}`);
  stage.fan.stop();
});

Deno.test("GroupFanOut, an answer nobody waits for delivers nothing", () => {
  assert.deepEqual(new Stage().answer(1, 1), []);
});

Deno.test("GroupFanOut, a query is sent again in time although the clock was set back", () => {
  const stage = new Stage();
  stage.say(1, "a");
  stage.clock.setBy(-3_600_000);
  stage.clock.advance(1500);
  assert.deepEqual(stage.askedFor, [1, 1]);
  stage.fan.stop();
});
