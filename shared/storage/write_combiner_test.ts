import {
  deepStrictEqual as deepEqual,
  ok,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { StorageError } from "./types.ts";
import { BatchError, WriteCombiner, type WriteCombinerOptions } from "./write_combiner.ts";

/** A combiner of numbers whose commits are kept in `batches` and give each number times ten. */
function combinerOf(options: Partial<WriteCombinerOptions<number, number>> = {}) {
  const batches: number[][] = [];
  const combiner = new WriteCombiner<number, number>({
    commit: (batch) => {
      batches.push([...batch]);
      return batch.map((op) => op * 10);
    },
    clock: new ManualClock(),
    maxBatch: 3,
    maxWaiting: 100,
    ...options,
  });
  return { combiner, batches };
}

Deno.test("submit() commits what one event-loop turn brings together, in order, in full batches", async () => {
  const { combiner, batches } = combinerOf();
  const results = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((op) => combiner.submit(op)));
  deepEqual(results, [10, 20, 30, 40, 50, 60, 70]);
  deepEqual(batches, [[1, 2, 3], [4, 5, 6], [7]]);
});

Deno.test("submit() gathers what comes while the engine is busy", async () => {
  const batches: number[][] = [];
  const engine = Promise.withResolvers<void>();
  const busy = Promise.withResolvers<void>();
  const { combiner } = combinerOf({
    commit: async (batch) => {
      batches.push([...batch]);
      busy.resolve();
      await engine.promise;
      return batch;
    },
  });
  const first = combiner.submit(1);
  await busy.promise;
  const rest = [combiner.submit(2), combiner.submit(3)];
  deepEqual(batches, [[1]]);
  engine.resolve();
  await Promise.all([first, ...rest]);
  deepEqual(batches, [[1], [2, 3]]);
});

Deno.test("submit() resolves after the commit, not before", async () => {
  const engine = Promise.withResolvers<readonly number[]>();
  const { combiner } = combinerOf({ commit: () => engine.promise });
  let settled = false;
  const submitted = combiner.submit(1).then(() => settled = true);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  equal(settled, false);
  engine.resolve([1]);
  await submitted;
});

Deno.test("a batch that fails is tried one by one, in order, so that the bad one fails alone", async () => {
  const batches: number[][] = [];
  const { combiner } = combinerOf({
    commit: (batch) => {
      batches.push([...batch]);
      if (batch.includes(2)) throw new StorageError("bad");
      return batch;
    },
  });
  const results = await Promise.allSettled([1, 2, 3, 4].map((op) => combiner.submit(op)));
  deepEqual(results.map(({ status }) => status === "fulfilled"), [true, false, true, true]);
  deepEqual(batches, [[1, 2, 3], [1], [2], [3], [4]]);
});

Deno.test("a BatchError fails the whole batch at once, and the next batch is tried", async () => {
  const batches: number[][] = [];
  const { combiner } = combinerOf({
    commit: (batch) => {
      batches.push([...batch]);
      if (batch.includes(2)) throw new BatchError("locked");
      return batch;
    },
  });
  const results = await Promise.allSettled([1, 2, 3, 4].map((op) => combiner.submit(op)));
  deepEqual(results.map(({ status }) => status === "fulfilled"), [false, false, false, true]);
  deepEqual(batches, [[1, 2, 3], [4]]);
});

Deno.test("submit() refuses more than maxWaiting operations and takes new ones later", async () => {
  const { combiner, batches } = combinerOf({ maxWaiting: 2 });
  const taken = [combiner.submit(1), combiner.submit(2)];
  await rejects(combiner.submit(3), StorageError);
  await Promise.all(taken);
  equal(await combiner.submit(4), 40);
  deepEqual(batches, [[1, 2], [4]]);
});

Deno.test("drain() resolves when everything that was submitted is settled", async () => {
  const { combiner } = combinerOf();
  const settled: number[] = [];
  for (let op = 1; op <= 8; op++) void combiner.submit(op).then((result) => settled.push(result));
  await combiner.drain();
  equal(settled.length, 8);
  await combiner.drain();
});

Deno.test("the event loop gets a turn between two batches", async () => {
  const seen: string[] = [];
  const { combiner } = combinerOf({
    maxBatch: 1,
    commit: (batch) => {
      seen.push(`commit ${batch[0]}`);
      if (batch[0] === 1) setImmediate(() => seen.push("other work"));
      return batch;
    },
  });
  await Promise.all([combiner.submit(1), combiner.submit(2), combiner.submit(3)]);
  ok(seen.indexOf("other work") < seen.indexOf("commit 3"), seen.join(", "));
});

Deno.test("drain() in the turn of a submit leaves a combiner that goes on working", async () => {
  const { combiner, batches } = combinerOf();
  const first = combiner.submit(1);
  await combiner.drain();
  equal(await first, 10);
  await new Promise((resolve) => setImmediate(resolve)); // What submit() put off has run.
  equal(await combiner.submit(2), 20);
  await combiner.drain();
  deepEqual(batches, [[1], [2]]);
});

Deno.test("a BatchError while operations are tried one by one ends it for all that are left", async () => {
  const batches: number[][] = [];
  const { combiner } = combinerOf({
    commit: (batch) => {
      batches.push([...batch]);
      if (batch.length > 1) throw new StorageError("one of them");
      if (batch[0] === 2) throw new BatchError("away");
      return batch;
    },
  });
  const results = await Promise.allSettled([1, 2, 3].map((op) => combiner.submit(op)));
  deepEqual(results.map(({ status }) => status === "fulfilled"), [true, false, false]);
  deepEqual(batches, [[1, 2, 3], [1], [2]]);
});

Deno.test("what has waited longer than maxWaitMs is refused and not committed", async () => {
  const clock = new ManualClock();
  const batches: number[][] = [];
  const engine = Promise.withResolvers<void>();
  const busy = Promise.withResolvers<void>();
  const { combiner } = combinerOf({
    clock,
    maxWaitMs: 1000,
    commit: async (batch) => {
      batches.push([...batch]);
      busy.resolve();
      await engine.promise;
      return batch;
    },
  });
  const first = combiner.submit(1);
  await busy.promise;
  const overdue = rejects(combiner.submit(2), StorageError);
  clock.advance(1);
  const inTime = combiner.submit(3);
  clock.advance(1000);
  engine.resolve();
  deepEqual(await Promise.all([first, inTime]), [1, 3]);
  await overdue;
  deepEqual(batches, [[1], [3]]);
});
