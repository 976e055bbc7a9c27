import assert from "node:assert/strict";
import { FileCounter } from "./file_counter.ts";

/** docs/spec/storage.md 9, written as it stands there. */
function directoryOf(n: number, k: number): string {
  const first = Math.floor(Math.floor(n / k) / 255);
  const second = Math.floor((n % (k * 255)) / k);
  return `${String(first).padStart(3, "0")}/${String(second).padStart(3, "0")}`;
}

Deno.test("FileCounter fills directories like the original, from any count", () => {
  for (const k of [1, 3, 30_000]) {
    for (const start of [0, k - 1, k * 254, k * 255 - 1, k * 255, k * 65_025 - 1, k * 65_025]) {
      const counter = new FileCounter(start, k);
      for (let n = start; n < start + 3; n++) assert.equal(counter.next(), directoryOf(n, k));
      assert.equal(counter.count, start + 3);
    }
  }
});

Deno.test("FileCounter puts ten million files into 334 directories", () => {
  const used = new Set<string>();
  for (let n = 0; n < 10_000_000; n += 10_000) used.add(new FileCounter(n, 30_000).next());
  assert.equal(used.size, 334);
});
