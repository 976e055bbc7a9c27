import assert from "node:assert/strict";
import fc from "fast-check";
import { CLIENT_TYPE_IOS } from "../../../proto/mod.ts";
import type { QueuedPush } from "../services/push_service.ts";
import { DEVICE_BURST, DEVICE_INTERVAL_MS, DeviceRate } from "../state/device_rate.ts";
import { MAX_DEVICE_PUSHES, PushQueue } from "./push_queue.ts";

const NOW = 1_800_000_000_000;
const FRESH = { nowMs: NOW, restUntilMs: 0 };

function push(token: string, id: string, { topic = null as string | null, ttlMs = 1e6 } = {}) {
  const order = {
    userId: 1,
    clientType: CLIENT_TYPE_IOS,
    token,
    text: "",
    custom: "",
    badge: 0,
    kind: "alert" as const,
  };
  return { id, order, topic, expiresAtMs: NOW + ttlMs, failures: 0 };
}

function queue(maxPushes = 100): PushQueue {
  return new PushQueue(maxPushes, new DeviceRate());
}

/** Ids of all that can be taken now, in order. */
function drain(from: PushQueue, nowMs = NOW): string[] {
  const ids: string[] = [];
  for (;;) {
    const { push } = from.take(nowMs);
    if (push === null) return ids;
    ids.push(push.id);
  }
}

Deno.test("PushQueue, devices take turns, each in the order of its pushes", () => {
  const waiting = queue();
  for (const id of ["a1", "a2", "a3"]) waiting.add(push("a", id), NOW);
  for (const id of ["b1", "b2"]) waiting.add(push("b", id), NOW);
  assert.equal(waiting.size, 5);
  assert.deepEqual(drain(waiting), ["a1", "b1", "a2", "b2", "a3"]);
  assert.equal(waiting.size, 0);
  assert.equal(waiting.hasReady, false);
});

Deno.test("PushQueue, a device keeps its turn, when more pushes come for it", () => {
  const waiting = queue();
  waiting.add(push("a", "a1"), NOW);
  waiting.add(push("b", "b1"), NOW);
  waiting.add(push("a", "a2"), NOW);
  assert.equal(waiting.take(NOW).push?.id, "a1");
});

Deno.test("PushQueue, a newer push replaces a waiting one, of the same device and topic", () => {
  const waiting = queue();
  waiting.add(push("a", "old", { topic: "user 1" }), NOW);
  waiting.add(push("a", "other topic", { topic: "user 2" }), NOW);
  waiting.add(push("b", "other device", { topic: "user 1" }), NOW);
  waiting.add(push("a", "no topic"), NOW);
  waiting.add(push("a", "no topic either"), NOW);
  const added = waiting.add(push("a", "new", { topic: "user 1" }), NOW);
  assert.deepEqual(added, { replaced: 1, dropped: 0 });
  assert.deepEqual(drain(waiting).sort(), [
    "new",
    "no topic",
    "no topic either",
    "other device",
    "other topic",
  ]);
});

Deno.test("PushQueue, drops what has waited longest, above its limit", () => {
  const waiting = queue(3);
  for (const id of ["a1", "a2"]) waiting.add(push("a", id), NOW);
  waiting.add(push("b", "b1"), NOW);
  assert.deepEqual(waiting.add(push("c", "c1"), NOW), { replaced: 0, dropped: 1 });
  assert.deepEqual(waiting.add(push("c", "c2"), NOW), { replaced: 0, dropped: 1 });
  assert.deepEqual(drain(waiting), ["b1", "c1", "c2"]);
});

Deno.test("PushQueue, drops the oldest of a device, above the device's limit", () => {
  const waiting = queue();
  for (let id = 1; id <= MAX_DEVICE_PUSHES; id++) waiting.add(push("a", String(id)), NOW);
  assert.deepEqual(waiting.add(push("a", "last"), NOW), { replaced: 0, dropped: 1 });
  assert.equal(drain(waiting)[0], "2");
});

Deno.test("PushQueue, leaves out what has expired, and counts it", () => {
  const waiting = queue();
  waiting.add(push("a", "a1", { ttlMs: 10 }), NOW);
  waiting.add(push("a", "a2", { ttlMs: 20 }), NOW);
  waiting.add(push("b", "b1", { ttlMs: 10 }), NOW);
  waiting.add(push("c", "c1", { ttlMs: 10 }), NOW);
  assert.equal(waiting.take(NOW + 10).push?.id, "a2");
  assert.deepEqual(waiting.take(NOW + 10), { push: null, expired: 2 });
  assert.equal(waiting.size, 0);
});

Deno.test("PushQueue, a device rests when its rate is used up, and is woken in time", () => {
  const waiting = queue(1000);
  for (let id = 0; id < DEVICE_BURST; id++) {
    waiting.add(push("a", String(id)), NOW);
    waiting.take(NOW);
  }
  waiting.add(push("a", "late"), NOW);
  assert.deepEqual(drain(waiting), []);
  const dueMs = NOW + DEVICE_INTERVAL_MS;
  assert.equal(waiting.nextWakeMs, dueMs);
  waiting.wake(dueMs - 1);
  assert.equal(waiting.hasReady, false);
  waiting.wake(dueMs);
  assert.equal(waiting.nextWakeMs, Infinity);
  assert.deepEqual(drain(waiting, dueMs), ["late"]);
});

Deno.test("giveBack() puts a push first in its device's line, which rests as long as told", () => {
  const waiting = queue();
  waiting.add(push("a", "a1"), NOW);
  waiting.add(push("a", "a2"), NOW);
  const first = waiting.take(NOW).push!;
  const given = waiting.giveBack(first, { nowMs: NOW, restUntilMs: NOW + 500 });
  assert.deepEqual(given, { replaced: 0, dropped: 0 });
  waiting.add(push("a", "a3"), NOW + 1);
  assert.deepEqual(drain(waiting, NOW + 1), []);
  waiting.wake(NOW + 500);
  assert.deepEqual(drain(waiting, NOW + 500), ["a1", "a2", "a3"]);
});

Deno.test("giveBack() gives a push up, for a newer one of its topic or a device that is full", () => {
  const waiting = queue();
  waiting.add(push("a", "old", { topic: "group 7" }), NOW);
  const old = waiting.take(NOW).push!;
  waiting.add(push("a", "new", { topic: "group 7" }), NOW);
  assert.deepEqual(waiting.giveBack(old, FRESH), { replaced: 1, dropped: 0 });
  for (let id = 1; id < MAX_DEVICE_PUSHES; id++) waiting.add(push("a", String(id)), NOW);
  const plain = push("a", "plain");
  assert.deepEqual(waiting.giveBack(plain, FRESH), { replaced: 0, dropped: 1 });
  assert.equal(waiting.size, MAX_DEVICE_PUSHES);
});

Deno.test("giveBack() keeps to the limit of the queue", () => {
  const waiting = queue(2);
  for (const token of ["a", "b"]) waiting.add(push(token, token), NOW);
  assert.deepEqual(waiting.giveBack(push("c", "c"), FRESH), { replaced: 0, dropped: 1 });
  assert.deepEqual(drain(waiting), ["b", "c"]);
});

Deno.test("dropDevice() forgets all pushes of a device, ready or resting", () => {
  const waiting = queue();
  for (const id of ["a1", "a2"]) waiting.add(push("a", id), NOW);
  waiting.giveBack(push("b", "b1"), { nowMs: NOW, restUntilMs: NOW + 500 });
  waiting.add(push("c", "c1"), NOW);
  assert.deepEqual(["a", "b", "none"].map((token) => waiting.dropDevice(token)), [2, 1, 0]);
  assert.equal(waiting.nextWakeMs, Infinity);
  assert.deepEqual(drain(waiting), ["c1"]);
});

Deno.test("clear() forgets everything", () => {
  const waiting = queue();
  waiting.add(push("a", "a1"), NOW);
  waiting.giveBack(push("b", "b1"), { nowMs: NOW, restUntilMs: NOW + 500 });
  assert.equal(waiting.clear(), 2);
  assert.deepEqual([waiting.size, waiting.hasReady, waiting.nextWakeMs], [0, false, Infinity]);
});

Deno.test("PushQueue, nothing gets lost uncounted or comes twice, whatever happens", () => {
  const step = fc.record({
    action: fc.constantFrom("add", "take", "fail", "drop", "wake"),
    token: fc.constantFrom("a", "b", "c"),
    topic: fc.constantFrom(null, "x", "y"),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const waiting = queue(10);
    const taken: QueuedPush[] = [];
    let added = 0;
    let gone = 0;
    let nowMs = NOW;
    for (const [index, { action, token, topic }] of steps.entries()) {
      if (action === "add") {
        const { replaced, dropped } = waiting.add(push(token, String(index), { topic }), nowMs);
        added++;
        gone += replaced + dropped;
      } else if (action === "take") {
        const { push, expired } = waiting.take(nowMs);
        if (push !== null) taken.push(push);
        gone += expired;
      } else if (action === "fail" && taken.length > 0) {
        const times = { nowMs, restUntilMs: nowMs + 300 };
        const { replaced, dropped } = waiting.giveBack(taken.pop()!, times);
        gone += replaced + dropped;
      } else if (action === "drop") gone += waiting.dropDevice(token);
      else waiting.wake(nowMs += 250);
      assert.ok(waiting.size <= 10);
      assert.equal(waiting.size, added - gone - taken.length);
    }
    waiting.wake(NOW + 1e5);
    const ids = [...drain(waiting, NOW + 1e5), ...taken.map(({ id }) => id)];
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(waiting.size, 0);
  }));
});
