import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import { ANSWER_LIMIT_MS, Questions } from "./questions.ts";

function setUp() {
  const clock = new ManualClock();
  return { clock, questions: new Questions<string>(clock) };
}

Deno.test("Questions, each answer goes to its question", async () => {
  const { clock, questions } = setUp();
  const [one, other] = ["one", "other"].map((key) => questions.ask(key, () => true));
  questions.answered("other", "b");
  questions.answered("one", "a");
  questions.answered("one", "again");
  assert.deepEqual([await one, await other], ["a", "b"]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Questions, what cannot be sent has no answer", async () => {
  const { clock, questions } = setUp();
  assert.equal(await questions.ask("one", () => false), null);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Questions, an answer that is late is none, and does not disturb the next question", async () => {
  const { clock, questions } = setUp();
  const asked = questions.ask("one", () => true);
  clock.advance(ANSWER_LIMIT_MS);
  assert.equal(await asked, null);
  questions.answered("one", "late");
  const again = questions.ask("one", () => true);
  questions.answered("one", "in time");
  assert.equal(await again, "in time");
});

Deno.test("Questions, a question with the key of another one takes its place", async () => {
  const { clock, questions } = setUp();
  const first = questions.ask("one", () => true);
  const second = questions.ask("one", () => true);
  assert.equal(await first, null);
  questions.answered("one", "a");
  assert.equal(await second, "a");
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("Questions.stop() ends every wait", async () => {
  const { clock, questions } = setUp();
  const asked = ["one", "other"].map((key) => questions.ask(key, () => true));
  questions.stop();
  assert.deepEqual(await Promise.all(asked), [null, null]);
  assert.equal(clock.pendingTimers, 0);
});
