import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import type { ByteSource } from "../store/types.ts";
import { pacedStream, STALL_LIMIT_MS } from "./paced_stream.ts";

interface Stage {
  readonly clock: ManualClock;
  readonly reader: ReadableStreamDefaultReader<Uint8Array>;
  /** How often the source was asked, and closed. */
  readonly counts: { asked: number; closed: number };
  /** What `ended` was told, once it was. */
  readonly ended: unknown[];
}

function stage(next: (asked: number) => Promise<Uint8Array | null>): Stage {
  const clock = new ManualClock();
  const counts = { asked: 0, closed: 0 };
  const source: ByteSource = {
    next: () => next(++counts.asked),
    close: () => void counts.closed++,
  };
  const ended: unknown[] = [];
  const stream = pacedStream(source, { clock, ended: (error) => void ended.push(error) });
  return { clock, reader: stream.getReader(), counts, ended };
}

function pieces(count: number): (asked: number) => Promise<Uint8Array | null> {
  return (asked) => Promise.resolve(asked > count ? null : new Uint8Array(asked));
}

Deno.test("pacedStream() reads a piece when it is asked for one, and closes its source at the end", async () => {
  const { clock, reader, counts, ended } = stage(pieces(2));
  await Promise.resolve();
  assert.equal(counts.asked, 0);
  assert.equal((await reader.read()).value?.length, 1);
  assert.equal(counts.asked, 1);
  assert.equal((await reader.read()).value?.length, 2);
  assert.equal((await reader.read()).done, true);
  assert.deepEqual([counts.closed, ended, clock.pendingTimers], [1, [null], 0]);
});

Deno.test("pacedStream() closes its source when its reader goes", async () => {
  const { clock, reader, counts, ended } = stage(pieces(9));
  await reader.read();
  await reader.cancel();
  assert.deepEqual([counts.closed, ended, clock.pendingTimers], [1, [null], 0]);
});

Deno.test("pacedStream() cuts off a reader that takes nothing, from the begin or later", async () => {
  for (const taken of [0, 1]) {
    const { clock, reader, counts, ended } = stage(pieces(9));
    for (let i = 0; i < taken; i++) await reader.read();
    clock.advance(STALL_LIMIT_MS - 1);
    assert.equal(counts.closed, 0);
    clock.advance(1);
    assert.equal((await reader.read()).done, true);
    assert.deepEqual([counts.asked, counts.closed, ended.length], [taken, 1, 1]);
    assert.match(String(ended[0]), /took nothing for 60000 ms/);
  }
});

Deno.test("pacedStream() ends early when its source fails, and says why", async () => {
  const error = new Error("the disk is gone");
  const { clock, reader, counts, ended } = stage((asked) =>
    asked === 1 ? Promise.resolve(new Uint8Array(1)) : Promise.reject(error)
  );
  await reader.read();
  assert.equal((await reader.read()).done, true);
  assert.deepEqual([counts.closed, ended, clock.pendingTimers], [1, [error], 0]);
});

Deno.test("pacedStream() drops a piece that comes after its reader has gone", async () => {
  const late = Promise.withResolvers<Uint8Array>();
  const { reader, counts, ended } = stage(() => late.promise);
  const read = reader.read();
  await reader.cancel();
  late.resolve(new Uint8Array(1));
  assert.equal((await read).done, true);
  assert.deepEqual([counts.closed, ended], [1, [null]]);
});
