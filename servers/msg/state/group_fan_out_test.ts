import assert from "node:assert/strict";
import { IMGroupInfoListReq } from "../../../proto/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { bodyOf } from "../../../shared/pdu/mod.ts";
import { GroupFanOut, type GroupMessage, MAX_WAITING_PER_GROUP } from "./group_fan_out.ts";

const GROUP = 5;

function message(authorId: number, text: string): GroupMessage {
  return { authorId, groupId: GROUP, handle: 0, body: new TextEncoder().encode(text) };
}

function texts(messages: readonly GroupMessage[]): string[] {
  return messages.map(({ body }) => new TextDecoder().decode(body));
}

/** Collects the author in whose name each query was sent. */
function fanOut(): { fan: GroupFanOut; clock: ManualClock; askedFor: number[] } {
  const clock = new ManualClock();
  const askedFor: number[] = [];
  const fan = new GroupFanOut({
    clock,
    ask: (frame) => {
      askedFor.push(IMGroupInfoListReq.decode(bodyOf(frame)).user_id);
      return true;
    },
  });
  return { fan, clock, askedFor };
}

Deno.test("GroupFanOut, messages stored during a query share the next one, in order", () => {
  const { fan, askedFor } = fanOut();
  fan.add(message(1, "a"));
  fan.add(message(2, "b"));
  fan.add(message(3, "c"));
  assert.deepEqual(askedFor, [1]);
  assert.deepEqual(texts(fan.answered({ groupId: GROUP, authorId: 1, members: [1, 2, 3] })), ["a"]);
  assert.deepEqual(askedFor, [1, 2]);
  assert.deepEqual(
    texts(fan.answered({ groupId: GROUP, authorId: 2, members: [1, 2, 3] })),
    ["b", "c"],
  );
  assert.deepEqual(askedFor, [1, 2], "nothing is left to ask for");
  fan.stop();
});

Deno.test("GroupFanOut, an author who is no member loses only his own messages", () => {
  const { fan, askedFor } = fanOut();
  fan.add(message(9, "first, delivers nothing"));
  fan.add(message(9, "stranger"));
  fan.add(message(2, "member"));
  fan.answered({ groupId: GROUP, authorId: 9, members: [2] });
  assert.deepEqual(texts(fan.answered({ groupId: GROUP, authorId: 9, members: null })), []);
  assert.deepEqual(askedFor, [9, 9, 2]);
  assert.deepEqual(
    texts(fan.answered({ groupId: GROUP, authorId: 2, members: [2] })),
    ["member"],
  );
  fan.stop();
});

Deno.test("GroupFanOut, a lost query is sent again with all messages in order", () => {
  const { fan, askedFor } = fanOut();
  fan.add(message(1, "a"));
  fan.add(message(2, "b"));
  fan.askAgain();
  assert.deepEqual(askedFor, [1, 1]);
  assert.deepEqual(texts(fan.answered({ groupId: GROUP, authorId: 1, members: [1] })), ["a", "b"]);
  fan.stop();
});

Deno.test("GroupFanOut, a query without an answer is repeated, and nothing ticks when idle", () => {
  const { fan, clock, askedFor } = fanOut();
  fan.add(message(1, "a"));
  clock.advance(5000);
  assert.deepEqual(askedFor, [1, 1]);
  fan.answered({ groupId: GROUP, authorId: 1, members: [1] });
  clock.advance(5000);
  assert.deepEqual(askedFor, [1, 1]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("GroupFanOut, above its limit the oldest waiting message is left to history", () => {
  const { fan } = fanOut();
  fan.add(message(1, "asked"));
  for (let i = 0; i <= MAX_WAITING_PER_GROUP; i++) fan.add(message(1, String(i)));
  fan.answered({ groupId: GROUP, authorId: 1, members: [1] });
  const delivered = texts(fan.answered({ groupId: GROUP, authorId: 1, members: [1] }));
  assert.equal(delivered.length, MAX_WAITING_PER_GROUP);
  assert.equal(delivered[0], "1");
  fan.stop();
});

Deno.test("GroupFanOut, an answer nobody waits for delivers nothing", () => {
  const { fan } = fanOut();
  assert.deepEqual(fan.answered({ groupId: GROUP, authorId: 1, members: [1] }), []);
});

Deno.test("GroupFanOut, stays within its limit while nobody answers for a long time", () => {
  const { fan, clock } = fanOut();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < MAX_WAITING_PER_GROUP; i++) fan.add(message(1, `${round} ${i}`));
    clock.advance(5000);
  }
  const delivered = texts(fan.answered({ groupId: GROUP, authorId: 1, members: [1] }));
  assert.equal(delivered.length, MAX_WAITING_PER_GROUP);
  assert.equal(delivered.at(-1), `2 ${MAX_WAITING_PER_GROUP - 1}`);
  fan.stop();
});
