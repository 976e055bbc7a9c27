/** The small parts of netlib. */
import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { FlushQueue } from "./flush_queue.ts";
import { LinkIds } from "./link_ids.ts";
import { reasonOf } from "./reason.ts";
import { turns } from "./test_support/recorder.ts";
import { formatAddress, ListenError } from "./types.ts";

Deno.test("FlushQueue flushes once per turn, in order, later than the call", async () => {
  const queue = new FlushQueue(new ManualClock());
  const flushed: string[] = [];
  queue.add({ flush: () => flushed.push("one") });
  queue.add({ flush: () => flushed.push("two") });
  assert.deepEqual(flushed, []);
  await turns(2);
  assert.deepEqual(flushed, ["one", "two"]);
});

Deno.test("FlushQueue puts what is added while it flushes into the next turn", async () => {
  let soonCalls = 0;
  const clock = new ManualClock();
  const queue = new FlushQueue({
    nowMs: () => 0,
    elapsedMs: () => 0,
    after: clock.after.bind(clock),
    every: clock.every.bind(clock),
    soon: (run) => {
      soonCalls++;
      clock.soon(run);
    },
  });
  let count = 0;
  const target = { flush: () => void (++count < 5 && queue.add(target)) };
  queue.add(target);
  await turns(10);
  assert.equal(count, 5);
  assert.equal(soonCalls, 5);
});

Deno.test("LinkIds counts from 1 and never gives 0", () => {
  const ids = new LinkIds();
  assert.deepEqual([ids.next(), ids.next(), ids.next()], [1, 2, 3]);
});

Deno.test("formatAddress() puts IPv6 into brackets", () => {
  assert.equal(formatAddress({ host: "127.0.0.1", port: 8000 }), "127.0.0.1:8000");
  assert.equal(formatAddress({ host: "::1", port: 8000 }), "[::1]:8000");
});

const listenReasons: Record<string, string> = {
  EADDRINUSE: "the port is in use",
  EADDRNOTAVAIL: "this machine has no such address",
  EACCES: "permission denied",
};

for (const [code, reason] of Object.entries(listenReasons)) {
  Deno.test(`ListenError says in words what ${code} means`, () => {
    const error = new ListenError({ host: "10.0.0.1", port: 80 }, { code });
    assert.equal(error.message, `Cannot listen on 10.0.0.1:80: ${reason}`);
  });
}

Deno.test("reasonOf() is never empty", () => {
  assert.equal(reasonOf(new Error("no route")), "no route");
  assert.equal(reasonOf(new TypeError()), "TypeError");
  assert.equal(reasonOf("text"), "text");
  assert.equal(reasonOf(new AggregateError([new Error("v6"), new Error("v4")], "")), "v6, v4");
});
