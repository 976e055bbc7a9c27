import assert from "node:assert/strict";
import { TaskOrder } from "./task_order.ts";

Deno.test("TaskOrder, does the work of one task in turn, that of others beside it", async () => {
  const order = new TaskOrder();
  const first = Promise.withResolvers<void>();
  const done: string[] = [];
  const one = order.run("a", async () => {
    await first.promise;
    done.push("a1");
  });
  const second = order.run("a", () => Promise.resolve(void done.push("a2")));
  await order.run("b", () => Promise.resolve(void done.push("b1")));
  assert.deepEqual(done, ["b1"]);
  assert.equal(order.size, 1);
  first.resolve();
  await one;
  await second;
  assert.deepEqual(done, ["b1", "a1", "a2"]);
  await order.idle();
  assert.equal(order.size, 0);
});

Deno.test("TaskOrder, goes on, and tells whoever asked, when work fails", async () => {
  const order = new TaskOrder();
  const failing = assert.rejects(order.run("a", () => Promise.reject(new Error("failed"))));
  const done: string[] = [];
  await order.run("a", () => Promise.resolve(void done.push("a2")));
  await failing;
  assert.deepEqual(done, ["a2"]);
  await order.idle();
  assert.equal(order.size, 0);
});

Deno.test("TaskOrder.idle(), waits for all work, also what is added meanwhile", async () => {
  const order = new TaskOrder();
  const done: string[] = [];
  void order.run("a", async () => {
    await Promise.resolve();
    done.push("a");
    void order.run("b", async () => {
      await Promise.resolve();
      done.push("b");
    });
  });
  await order.idle();
  assert.deepEqual(done, ["a", "b"]);
});
