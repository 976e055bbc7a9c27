import assert from "node:assert/strict";
import { CLIENT_TYPE_IOS } from "../../../proto/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { type CollectingLogger, collectingLogger } from "../../../shared/log/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import { ok } from "../../../shared/result.ts";
import {
  type PushOrder,
  type PushService,
  type QueuedPush,
  retry,
  type SendOutcome,
} from "../services/push_service.ts";
import { Courier } from "./courier.ts";

const OPTIONS = { maxQueued: 100, expirationMs: 3600_000 };

/** A service whose answers the test gives. */
class PlayedService implements PushService {
  readonly name = "webhook";
  readonly maxInFlight = 3;
  readonly admit = (order: PushOrder) => ok(order);
  readonly tries: { readonly push: QueuedPush; answer(outcome: SendOutcome): void }[] = [];
  #changed: () => void = () => {};

  send(push: QueuedPush): Promise<SendOutcome> {
    const { promise, resolve } = Promise.withResolvers<SendOutcome>();
    this.tries.push({ push, answer: resolve });
    this.#changed();
    return promise;
  }

  /** Waits until so many tries were begun. */
  async begun(count: number): Promise<void> {
    while (this.tries.length < count) {
      await new Promise<void>((resolve) => this.#changed = resolve);
    }
    assert.equal(this.tries.length, count);
  }

  stop(): void {
    for (const { answer } of this.tries) answer(retry("service", "stopped"));
  }
}

interface Stage extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly service: PlayedService;
  readonly courier: Courier;
  readonly log: CollectingLogger;
}

function stage(service = new PlayedService()): Stage {
  const clock = new ManualClock();
  const log = collectingLogger();
  const courier = new Courier(service, OPTIONS, { clock, random: seededRandom(1), log });
  const stop = () => courier.stop();
  return { clock, service, courier, log, [Symbol.asyncDispose]: stop };
}

function order(token: string): PushOrder {
  const clientType = CLIENT_TYPE_IOS;
  return { userId: 1, clientType, token, text: "hi", custom: "{}", badge: 1, kind: "alert" };
}

const DELIVERED: SendOutcome = { kind: "delivered" };

Deno.test("Courier, has no more tries under way than the service takes", async () => {
  await using on = stage();
  for (const token of ["a", "b", "c", "d"]) assert.ok(on.courier.accept(order(token)).ok);
  await on.service.begun(3);
  on.service.tries[1]!.answer(DELIVERED);
  await on.service.begun(4);
  for (const { answer } of on.service.tries) answer(DELIVERED);
});

Deno.test("Courier, makes no try within the turn of the order", async () => {
  await using on = stage();
  on.courier.accept(order("a"));
  assert.equal(on.service.tries.length, 0);
  await on.service.begun(1);
  on.service.tries[0]!.answer(DELIVERED);
});

Deno.test("Courier, wakes a device in time, although another one rests for longer", async () => {
  await using on = stage();
  for (const token of ["long", "short"]) on.courier.accept(order(token));
  await on.service.begun(2);
  on.service.tries[0]!.answer(retry("device", "TooManyRequests", 60_000));
  on.service.tries[1]!.answer(retry("device", "TooManyRequests"));
  while (on.clock.pendingTimers < 2) await new Promise((resolve) => setImmediate(resolve));
  on.clock.advance(1200);
  await on.service.begun(3);
  assert.equal(on.service.tries[2]!.push.order.token, "short");
  on.clock.advance(58_800);
  await on.service.begun(4);
  assert.equal(on.service.tries[3]!.push.order.token, "long");
  for (const { answer } of on.service.tries) answer(DELIVERED);
});

Deno.test("Courier, drops what waits for a token that turns out to be dead", async () => {
  await using on = stage();
  for (const token of ["a", "b", "c", "x", "x"]) on.courier.accept(order(token));
  await on.service.begun(3);
  on.courier.accept(order("a"));
  on.service.tries[0]!.answer({ kind: "gone", reason: "Unregistered" });
  await on.service.begun(4);
  for (const { answer } of on.service.tries) answer(DELIVERED);
  await on.service.begun(5);
  on.service.tries[4]!.answer(DELIVERED);
  await on.courier.stop();
  assert.deepEqual(on.service.tries.map(({ push }) => push.order.token), ["a", "b", "c", "x", "x"]);
  assert.deepEqual(on.courier.accept(order("a")), { ok: false, refusal: "dead token" });
});

Deno.test("Courier, reports our bug and gives the push up, when a service fails in a way of its own", async () => {
  const service = new PlayedService();
  const bug = new TypeError("a bug");
  await using on = stage(Object.assign(service, { send: () => Promise.reject(bug) }));
  on.courier.accept(order("a"));
  await on.courier.stop();
  const errors = on.log.records.filter(({ level }) => level === "error");
  assert.deepEqual(errors.map(({ fields }) => fields.error), [bug]);
  assert.equal(on.log.records.at(-1)?.fields.rejected, 1);
  assert.equal(on.clock.pendingTimers, 0);
});
