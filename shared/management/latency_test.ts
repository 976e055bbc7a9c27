import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { latencyMemory, LatencyWindow } from "./latency.ts";

/** Whether `told` is `took`, or up to a fifth more. */
function isAbout(told: number | undefined, took: number): boolean {
  return told !== undefined && told >= took && told <= took * 1.19;
}

Deno.test("LatencyWindow, tells median and 99th percentile, rounded up by a fifth at most", () => {
  const window = new LatencyWindow(new ManualClock());
  for (let took = 1; took <= 1000; took++) window.add(took / 10);
  const { count, p50Ms, p99Ms } = window.summary()!;
  assert.equal(count, 1000);
  assert.ok(isAbout(p50Ms, 50), `${p50Ms}`);
  assert.ok(isAbout(p99Ms, 99), `${p99Ms}`);
});

Deno.test("LatencyWindow, the 99th percentile is that of one in a hundred, and of no fewer", () => {
  for (const [slow, p99] of [[11, 100], [9, 1]] as const) {
    const window = new LatencyWindow(new ManualClock());
    for (let i = 0; i < 1000; i++) window.add(i < slow ? 100 : 1);
    const summary = window.summary();
    assert.ok(isAbout(summary?.p50Ms, 1) && isAbout(summary?.p99Ms, p99), `${summary?.p99Ms}`);
  }
});

Deno.test("LatencyWindow, tells nothing, when nothing happened in the last minute", () => {
  const clock = new ManualClock();
  const window = new LatencyWindow(clock);
  assert.equal(window.summary(), null);
  window.add(3);
  clock.advance(60_000);
  assert.equal(window.summary()?.count, 1);
  clock.advance(5_000);
  assert.equal(window.summary(), null);
  // The slot is used again, without what was in it.
  window.add(7);
  assert.equal(window.summary()?.count, 1);
});

Deno.test("LatencyWindow, counts together, what several threads see", () => {
  const clock = new ManualClock();
  const memory = latencyMemory();
  const [one, other] = [new LatencyWindow(clock, memory), new LatencyWindow(clock, memory)];
  for (let i = 0; i < 3; i++) one.add(1);
  other.add(100);
  assert.equal(one.summary()?.count, 4);
  assert.ok(isAbout(one.summary()?.p99Ms, 100));
});

Deno.test("LatencyWindow, takes any duration", () => {
  const window = new LatencyWindow(new ManualClock());
  for (const took of [0, -1, 1e-9, 1e9]) window.add(took);
  assert.equal(window.summary()?.count, 4);
});
