import assert from "node:assert/strict";
import { growthOf, MemoryWatch } from "./memory_watch.ts";

Deno.test("growthOf() compares the ends of what is left after the warm-up", () => {
  const warmUp = [10, 500];
  const mib = [...warmUp, 100, 100, 0, 900, 5, 5, 900, 0, 120, 120];
  const growth = growthOf(mib)!;
  assert.deepEqual([growth.beforeMib, growth.afterMib], [100, 120]);
  assert.equal(Math.round(growth.pct), 20);
});

Deno.test("growthOf() is not misled by single moments", () => {
  const noisy = Array.from({ length: 600 }, (_, at) => at % 10 === 0 ? 300 : 100);
  assert.equal(growthOf(noisy)!.pct, 0);
});

Deno.test("growthOf() says nothing of too few moments", () => {
  assert.equal(growthOf([]), null);
  assert.equal(growthOf([1, 2, 3, 4]), null);
});

Deno.test("MemoryWatch.figures() knows nothing of a process that was not looked at", () => {
  const watch = new MemoryWatch([{ name: "msg", pid: Deno.pid, kind: "server" }]);
  watch.stop();
  const { growth_pct_msg, growth_pct, grown } = watch.figures(5);
  assert.deepEqual([growth_pct_msg, growth_pct, grown], [null, null, 0]);
});

Deno.test("MemoryWatch counts processes that ended, engines too", async () => {
  const child = new Deno.Command("cat", { stdin: "piped", stdout: "piped" }).spawn();
  const watch = new MemoryWatch([{ name: "redis", pid: child.pid, kind: "engine" }]);
  watch.stop();
  watch.look();
  assert.equal(watch.figures(5).gone, 0);
  await child.stdin.close();
  await child.output();
  watch.look();
  watch.look();
  assert.equal(watch.figures(5).gone, 1);
});
