import assert from "node:assert/strict";
import { WaitingLine } from "./waiting_line.ts";

/** A line whose preparations end when the test says so; `log` has who was handed on, in order. */
function setUp() {
  const line = new WaitingLine();
  const log: string[] = [];
  const handOn = (name: string) => () => {
    log.push(name);
    return Promise.resolve(name);
  };
  const prepared = new Map<string, PromiseWithResolvers<void>>();
  const enter = (key: string, name: string) => {
    const preparation = Promise.withResolvers<void>();
    prepared.set(name, preparation);
    return line.enter(key, () => preparation.promise.then(() => handOn(name)));
  };
  return {
    line,
    log,
    enter,
    follow: (key: string, name: string) => line.follow(key, handOn(name)),
    ready: (name: string) => prepared.get(name)!.resolve(),
    fail: (name: string) => prepared.get(name)!.reject(new Error(`${name} failed`)),
  };
}

Deno.test("WaitingLine, whoever comes to an empty line is handed on at once", () => {
  const { line, log, follow } = setUp();
  follow("a", "one");
  follow("a", "two");
  assert.deepEqual(log, ["one", "two"]);
  assert.equal(line.size, 0);
});

Deno.test("WaitingLine, those behind somebody who is being prepared keep their order", async () => {
  const { line, log, enter, follow, ready } = setUp();
  const all = [enter("a", "slow"), follow("a", "one"), enter("a", "quick"), follow("a", "two")];
  ready("quick");
  await follow("b", "other line");
  assert.deepEqual(log, ["other line"]);
  ready("slow");
  assert.deepEqual(await Promise.all(all), ["slow", "one", "quick", "two"]);
  assert.deepEqual(log, ["other line", "slow", "one", "quick", "two"]);
  assert.equal(line.size, 0);
});

Deno.test("WaitingLine, nobody waits for the end of those before, only for their beginning", async () => {
  const { line, enter, log, follow, ready } = setUp();
  const never = Promise.withResolvers<string>();
  const first = line.enter("a", () => Promise.resolve(() => never.promise));
  const second = enter("a", "second");
  const third = follow("a", "third");
  ready("second");
  await third;
  assert.deepEqual(log, ["second", "third"]);
  never.resolve("first");
  assert.deepEqual(await Promise.all([first, second]), ["first", "second"]);
});

Deno.test("WaitingLine, a failed preparation costs its own place only", async () => {
  const { line, enter, follow, fail } = setUp();
  const slow = assert.rejects(enter("a", "slow"), /slow failed/);
  const next = follow("a", "next");
  fail("slow");
  await slow;
  assert.equal(await next, "next");
  assert.equal(line.size, 0);
});
