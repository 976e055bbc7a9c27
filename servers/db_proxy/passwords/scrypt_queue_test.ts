import assert from "node:assert/strict";
import { MAX_RUNNING, MAX_WAITING, ScryptQueue } from "./scrypt_queue.ts";

Deno.test("ScryptQueue.run() runs few at once, in the order they came, and refuses too many", async () => {
  const queue = new ScryptQueue();
  const begun: number[] = [];
  const gates: (() => void)[] = [];
  const work = (id: number) => () => {
    begun.push(id);
    return new Promise<number>((resolve) => gates.push(() => resolve(id)));
  };
  const all = Array.from(
    { length: MAX_RUNNING + MAX_WAITING },
    (_, id) => queue.run(work(id)),
  );
  assert.equal(queue.waiting, MAX_WAITING);
  assert.equal(await queue.run(work(-1)), null);
  assert.deepEqual(begun, Array.from({ length: MAX_RUNNING }, (_, id) => id));
  for (let id = 0; id < all.length; id++) {
    gates[id]!();
    assert.equal(await all[id], id);
  }
  assert.deepEqual(begun, all.map((_, id) => id));
  assert.equal(queue.waiting, 0);
});

Deno.test("ScryptQueue.run() gives its place on when work fails", async () => {
  const queue = new ScryptQueue();
  const failing = () => Promise.reject(new Error("broken"));
  for (let i = 0; i < 2 * MAX_RUNNING; i++) await assert.rejects(queue.run(failing), /broken/);
  assert.equal(await queue.run(() => Promise.resolve("still works")), "still works");
});
