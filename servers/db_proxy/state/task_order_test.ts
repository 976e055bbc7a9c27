import assert from "node:assert/strict";
import { TaskOrder } from "./task_order.ts";

/** Tasks that end when the test says so. `log` has begins and ends in the order they happened. */
function setUp() {
  const order = new TaskOrder();
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const run = (key: number, name: string) =>
    order.run(key, async () => {
      log.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      log.push(`${name} ends`);
    });
  return { order, log, run, end: (name: string) => ends.get(name)!() };
}

Deno.test("TaskOrder, tasks of one key run one after the other, in the order they came", async () => {
  const { log, run, end } = setUp();
  const tasks = ["a", "b", "c"].map((name) => run(1, name));
  assert.deepEqual(log, ["a begins"]);
  for (const [at, name] of ["a", "b", "c"].entries()) {
    end(name);
    await tasks[at];
    await Promise.resolve();
  }
  assert.deepEqual(log, [
    "a begins",
    "a ends",
    "b begins",
    "b ends",
    "c begins",
    "c ends",
  ]);
});

Deno.test("TaskOrder, tasks of different keys run side by side", async () => {
  const { log, run, end } = setUp();
  const tasks = [run(1, "a"), run(2, "b")];
  assert.deepEqual(log, ["a begins", "b begins"]);
  end("b");
  await tasks[1];
  end("a");
  await tasks[0];
  assert.deepEqual(log.slice(2), ["b ends", "a ends"]);
});

Deno.test("TaskOrder, remembers a key only while a task of it runs", async () => {
  const { order, run, end } = setUp();
  const [first, second, other] = [run(1, "a"), run(1, "b"), run(2, "c")];
  assert.equal(order.size, 2);
  end("c");
  await other;
  assert.equal(order.size, 1);
  end("a");
  await first;
  assert.equal(order.size, 1, "the second task of the key still runs");
  end("b");
  await second;
  assert.equal(order.size, 0);
});

Deno.test("TaskOrder, a task that is done at once leaves nothing behind", () => {
  const order = new TaskOrder();
  let ran = 0;
  assert.equal(order.run(1, () => void ran++), undefined);
  assert.deepEqual([ran, order.size], [1, 0]);
});

Deno.test("TaskOrder, a task that needs no promise still waits for the one before it", async () => {
  const { order, log, run, end } = setUp();
  run(1, "a");
  const second = order.run(1, () => void log.push("b"));
  assert.deepEqual(log, ["a begins"]);
  end("a");
  await second;
  assert.deepEqual(log, ["a begins", "a ends", "b"]);
  assert.equal(order.size, 0);
});
