import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { ClientLimitError, ConnectionLostError, DeadlineError } from "./errors.ts";
import { MAX_WAITING } from "./options.ts";
import { PushChannel } from "./push_channel.ts";

function channel(bufferLimit = 3): { clock: ManualClock; numbers: PushChannel<number> } {
  const clock = new ManualClock();
  const numbers = new PushChannel<number>({ clock, kind: "number", bufferLimit, timeoutMs: 1000 });
  return { clock, numbers };
}

Deno.test("PushChannel.next() gives out what came before, in order, and then what comes", async () => {
  const { clock, numbers } = channel();
  numbers.emit(1);
  numbers.emit(2);
  assert.equal(await numbers.next(), 1);
  assert.equal(await numbers.next(), 2);
  const [third, fourth] = [numbers.next(), numbers.next()];
  numbers.emit(3);
  numbers.emit(4);
  assert.deepEqual(await Promise.all([third, fourth]), [3, 4]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("PushChannel drops the oldest beyond its limit and counts", () => {
  const { numbers } = channel(2);
  for (const one of [1, 2, 3, 4]) numbers.emit(one);
  assert.deepEqual(numbers.drain(), [3, 4]);
  assert.equal(numbers.dropped, 2);
  assert.deepEqual(numbers.drain(), []);
});

Deno.test("PushChannel with limit 0 keeps nothing and calls its handlers", () => {
  const { numbers } = channel(0);
  const seen: number[] = [];
  numbers.on((one) => seen.push(one));
  numbers.emit(1);
  assert.deepEqual([numbers.drain(), seen, numbers.dropped], [[], [1], 0]);
});

Deno.test("PushChannel.next() with a condition leaves the others where they are", async () => {
  const { numbers } = channel();
  numbers.emit(1);
  numbers.emit(2);
  const isEven = (one: number) => one % 2 === 0;
  assert.equal(await numbers.next({ where: isEven }), 2);
  const even = numbers.next({ where: isEven });
  numbers.emit(3);
  numbers.emit(4);
  assert.equal(await even, 4);
  assert.deepEqual(numbers.drain(), [1, 3]);
});

Deno.test("PushChannel.next() rejects at its deadline and takes nothing afterwards", async () => {
  const { clock, numbers } = channel();
  const late = numbers.next({ timeoutMs: 500 });
  clock.advance(500);
  await assert.rejects(late, new DeadlineError('No "number" within 500 ms'));
  numbers.emit(1);
  assert.equal(await numbers.next(), 1);
});

Deno.test("PushChannel.on() returns the way out", () => {
  const { numbers } = channel();
  const seen: string[] = [];
  const handler = (one: number): void => void seen.push(`${one}`);
  const leave = numbers.on(handler);
  numbers.on(handler);
  numbers.emit(1);
  leave();
  leave();
  numbers.emit(2);
  assert.deepEqual(seen, ["1", "1", "2"]);
});

Deno.test("PushChannel.end() rejects waits, now and later, and keeps what was buffered", async () => {
  const { clock, numbers } = channel();
  const waiting = numbers.next();
  const error = new ConnectionLostError("gone");
  numbers.end(error);
  await assert.rejects(waiting, error);
  await assert.rejects(numbers.next(), error);
  numbers.emit(1);
  assert.equal(await numbers.next(), 1);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("PushChannel.next() refuses more waits than its limit", async () => {
  const { numbers } = channel();
  const waits = Array.from({ length: MAX_WAITING }, () => numbers.next());
  await assert.rejects(numbers.next(), ClientLimitError);
  numbers.end(new ConnectionLostError("gone"));
  const ends = await Promise.allSettled(waits);
  assert.ok(ends.every((end) => end.status === "rejected"));
});
