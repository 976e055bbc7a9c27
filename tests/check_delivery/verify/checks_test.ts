/** The checks find what they are there for: each sample breaks one promise. */
import assert from "node:assert/strict";
import { Journal, type Sent } from "../crowd/journal.ts";
import { checkAcks } from "./check_acks.ts";
import { checkUnread } from "./check_counters.ts";
import { checkSides, checkView, countLate } from "./check_history.ts";
import { checkLive, countCrossed } from "./check_live.ts";
import type { View } from "./evidence.ts";

/** User 1 has sent a, b and c to user 7, who saw them; all were acknowledged. */
function journal(): Journal {
  const made = new Journal();
  for (const [place, text] of ["a", "b", "c"].entries()) {
    const atMs = 100 + 10 * place;
    const sent: Sent = {
      text,
      authorId: 1,
      conversation: "1-7",
      terminal: "1/pc",
      server: "msg0",
      connection: 1,
      place,
      atMs,
      acks: [{ atMs: atMs + 5, msgId: place + 1 }],
    };
    made.sent.set(text, sent);
    made.seen.push({
      text,
      msgId: place + 1,
      authorId: 1,
      conversation: "1-7",
      terminal: "7/pc",
      viewerId: 7,
      connection: 1,
      atMs: atMs + 6,
    });
  }
  for (const [terminal, userId] of [["1/pc", 1], ["7/pc", 7]] as const) {
    made.presences.push({
      ...{ terminal, userId, server: "msg0", connection: 1, fromMs: 0 },
      ...{ toMs: null, reason: null },
    });
  }
  return made;
}

function view(viewerId: number, changes: Partial<View> = {}): View {
  const history = changes.history ?? [stored(1, "a"), stored(2, "b"), stored(3, "c")];
  const latestId = history.at(-1)?.msgId ?? 0;
  return {
    conversation: "1-7",
    viewerId,
    history,
    unread: viewerId === 7 ? history.length : 0,
    latestId,
    sessionLatestId: latestId,
    ...changes,
  };
}

function stored(msgId: number, text: string) {
  return { msgId, authorId: 1, text };
}

function rulesOf(one: View, made = journal()): string[] {
  return checkView(one, made, { gaps: "none" }).map(({ rule }) => rule);
}

/** What a check of what was delivered finds. */
function liveRules(made: Journal, views = [view(7)]): string[] {
  return checkLive(made, views, []).violations.map(({ rule }) => rule);
}

Deno.test("nothing is found where nothing is wrong", () => {
  assert.deepEqual(rulesOf(view(7)), []);
  assert.deepEqual(checkSides([view(1), view(7)]), []);
  assert.deepEqual(checkUnread(view(7)), []);
  assert.deepEqual(checkUnread(view(1)), []);
  assert.deepEqual(checkAcks(journal()), []);
  const live = checkLive(journal(), [view(7)], []);
  assert.deepEqual([live.violations, live.delivered, live.excused], [[], 3, 0]);
});

Deno.test("history: lost, doubled, foreign, under another id, out of order, with gaps", () => {
  const of = (...history: ReturnType<typeof stored>[]): string[] => rulesOf(view(7, { history }));
  assert.deepEqual(of(stored(1, "a"), stored(2, "b")), ["lost"]);
  const all = [stored(1, "a"), stored(2, "b"), stored(3, "c")];
  assert.deepEqual(of(...all, stored(4, "a")), ["doubled", "wrong_id", "reordered"]);
  assert.deepEqual(of(...all, stored(4, "x")), ["foreign"]);
  assert.deepEqual(of({ ...stored(1, "a"), authorId: 2 }, ...all.slice(1)), ["foreign"]);
  assert.deepEqual(of(stored(1, "a"), stored(2, "b"), stored(4, "c")), ["wrong_id", "gap"]);
  assert.deepEqual(of(stored(1, "b"), stored(2, "a"), stored(3, "c")), [
    ...["wrong_id", "wrong_id", "reordered"],
  ]);
});

Deno.test("history: latest ids, and sides that differ", () => {
  assert.deepEqual(rulesOf(view(7, { latestId: 2 })), ["latest_id"]);
  assert.deepEqual(rulesOf(view(7, { sessionLatestId: null })), ["latest_id"]);
  const sides = [view(1), view(7, { history: [stored(1, "a"), stored(2, "b")] })];
  assert.deepEqual(checkSides(sides).map(({ rule }) => rule), ["sides_differ"]);
});

Deno.test("history: what was not acknowledged may be missing, or come late, which is counted", () => {
  const made = journal();
  made.sent.get("a")!.acks.length = 0;
  assert.deepEqual(rulesOf(view(7, { history: [stored(2, "b"), stored(3, "c")] }), made), [
    ...["gap"],
  ]);
  const late = view(7, { history: [stored(2, "b"), stored(3, "c"), stored(4, "a")] });
  assert.deepEqual(checkView(late, made, { gaps: "allowed" }), []);
  assert.equal(countLate(late, made), 1);
});

Deno.test("unread counters: too low, too high, and in groups from the own last message on", () => {
  assert.equal(checkUnread(view(7, { unread: 2 })).length, 1);
  assert.equal(checkUnread(view(7, { unread: 4 })).length, 1);
  assert.equal(checkUnread(view(1, { unread: 1 })).length, 1);
  const history = [{ ...stored(1, "x"), authorId: 7 }, stored(2, "a"), stored(3, "b")];
  assert.deepEqual(checkUnread(view(7, { conversation: "g1", history, unread: 2 })), []);
  assert.equal(checkUnread(view(7, { conversation: "g1", history, unread: 3 })).length, 1);
});

Deno.test("acks: two for one message, with the id 0, for nothing", () => {
  const made = journal();
  made.sent.get("a")!.acks.push({ atMs: 1, msgId: 1 });
  made.sent.get("b")!.acks[0] = { atMs: 1, msgId: 0 };
  made.strayAcks.push({ terminal: "1/pc", msgId: 9 });
  assert.deepEqual(checkAcks(made).map(({ rule }) => rule), ["false_ack", "doubled", "false_ack"]);
});

Deno.test("live: twice, out of order, under another id, not stored", () => {
  const twice = journal();
  twice.seen.push(twice.seen[2]!);
  assert.deepEqual(liveRules(twice), ["doubled", "reordered"]);
  const crossed = journal();
  crossed.seen.reverse();
  assert.deepEqual(liveRules(crossed), ["reordered", "reordered"]);
  assert.equal(countCrossed(crossed), 2);
  const wrong = journal();
  wrong.seen[2] = { ...wrong.seen[2]!, msgId: 9 };
  assert.deepEqual(liveRules(wrong), ["wrong_id"]);
  assert.deepEqual(liveRules(journal(), [view(7, { history: [stored(1, "a"), stored(2, "b")] })]), [
    ...["not_stored"],
  ]);
});

Deno.test("live: what was due and did not come, unless something stood in the way", () => {
  const made = journal();
  made.seen.pop();
  assert.deepEqual(liveRules(made), ["not_delivered"]);
  const excused = checkLive(made, [view(7)], [{ fromMs: 0, toMs: 1000 }]);
  assert.deepEqual([excused.violations, excused.excused], [[], 1]);
  const ackedMs = made.sent.get("c")!.acks[0]!.atMs;
  const later = (afterMs: number) =>
    checkLive(made, [view(7)], [{ fromMs: ackedMs + afterMs, toMs: Infinity }]).violations.length;
  assert.deepEqual([later(2900), later(3100)], [0, 1], "it was on its way between servers");
  made.presences[1]!.toMs = 500;
  made.presences[1]!.reason = "connection reset";
  assert.deepEqual(liveRules(made), [], "its connection broke");
});
