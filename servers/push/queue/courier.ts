/**
 * Gets the pushes of one service delivered.
 *
 * An accepted push waits in the queue, goes out as soon as the service may be used, and comes back
 * when the try failed for a reason that can pass: until it expires. What each kind of failure holds
 * back is said in `services/push_service.ts`; how long, in `backoff.ts`. Whoever ordered the push
 * has long been answered: acceptance says nothing about delivery (docs/spec/roles.md 10).
 *
 * Nothing here is stored: what waits when the process ends is lost, and counted.
 */
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { Logger } from "../../../shared/log/mod.ts";
import type { Random } from "../../../shared/random.ts";
import { refused, type Result } from "../../../shared/result.ts";
import { ok } from "../../../shared/result.ts";
import { withinMs } from "../../../shared/within.ts";
import type {
  PushOrder,
  PushRefusal,
  PushService,
  QueuedPush,
  RetryOutcome,
  SendOutcome,
} from "../services/push_service.ts";
import { DeadTokens } from "../state/dead_tokens.ts";
import { DeviceRate } from "../state/device_rate.ts";
import { Tally } from "../state/tally.ts";
import { backoffMs } from "./backoff.ts";
import { PushQueue } from "./push_queue.ts";
import { pushTopic } from "./push_topic.ts";
import { type Epoch, ServiceHealth } from "./service_health.ts";
import { uuid } from "./uuid.ts";

/** How long a stopping server goes on sending what waits, in milliseconds. */
export const DRAIN_LIMIT_MS = 2000;
const REPORT_PERIOD_MS = 60_000;
/** The least time between two looks at what rests, in milliseconds. */
const MIN_WAKE_MS = 20;

export interface CourierOptions {
  /** Pushes that may wait; those that have waited longest make room for further ones. */
  readonly maxQueued: number;
  /** How long a push is of use, in milliseconds. */
  readonly expirationMs: number;
}

export interface CourierDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export class Courier {
  readonly #service: PushService;
  readonly #options: CourierOptions;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Logger;
  readonly #queue: PushQueue;
  readonly #dead = new DeadTokens();
  readonly #health: ServiceHealth;
  readonly #tally: Tally;
  readonly #reports: Timer;
  /** Kinds of trouble that were logged since the service worked last. */
  readonly #told = new Set<RetryOutcome["scope"]>();
  #inFlight = 0;
  #pumpIsDue = false;
  #wake: { readonly timer: Timer; readonly dueMs: number } | null = null;
  #isStopped = false;
  #idle: (() => void) | null = null;

  constructor(service: PushService, options: CourierOptions, deps: CourierDeps) {
    this.#service = service;
    this.#options = options;
    this.#clock = deps.clock;
    this.#random = deps.random;
    this.#log = deps.log.child({ service: service.name });
    this.#queue = new PushQueue(options.maxQueued, new DeviceRate());
    this.#health = new ServiceHealth(deps.random);
    this.#tally = new Tally(this.#log);
    this.#reports = deps.clock.every(REPORT_PERIOD_MS, () => this.#tally.report());
  }

  /** Takes an order, or says why not. Never waits for the service. */
  accept(order: PushOrder): Result<null, PushRefusal | "dead token"> {
    const nowMs = this.#clock.nowMs();
    const admitted = this.#dead.has(order.token, nowMs)
      ? refused("dead token")
      : this.#service.admit(order);
    if (!admitted.ok) {
      this.#tally.count("refused", { reason: admitted.refusal });
      return admitted;
    }
    this.#count(this.#queue.add({
      id: uuid(this.#random),
      order: admitted.value,
      topic: pushTopic(order),
      expiresAtMs: nowMs + this.#options.expirationMs,
      failures: 0,
    }, nowMs));
    this.#pumpSoon();
    return ok(null);
  }

  /** Goes on sending for a while, then gives up what is left and closes the service. */
  async stop(): Promise<void> {
    this.#pump();
    await withinMs(this.#clock, DRAIN_LIMIT_MS, this.#untilIdle(() => this.#hasNothingToSend));
    this.#isStopped = true;
    this.#reports.cancel();
    this.#wake?.timer.cancel();
    this.#service.stop();
    await this.#untilIdle(() => this.#inFlight === 0);
    const lost = this.#queue.clear();
    if (lost > 0) this.#log.warn("pushes lost by stopping", { lost });
    this.#tally.report();
  }

  /** Shared by all orders of one turn, and never within the turn of an order. */
  #pumpSoon(): void {
    if (this.#pumpIsDue) return;
    this.#pumpIsDue = true;
    this.#clock.soon(() => {
      this.#pumpIsDue = false;
      this.#pump();
    });
  }

  /** Starts as many tries as may be under way. */
  #pump(): void {
    const nowMs = this.#clock.nowMs();
    while (!this.#isStopped && this.#inFlight < this.#maxInFlight(nowMs)) {
      const { push, expired } = this.#queue.take(nowMs);
      this.#tally.count("expired", { times: expired });
      if (push === null) break;
      this.#inFlight++;
      void this.#deliver(push);
    }
    this.#setWake(nowMs);
    this.#idle?.();
  }

  #maxInFlight(nowMs: number): number {
    return this.#health.maxInFlight(this.#service.maxInFlight, nowMs);
  }

  async #deliver(push: QueuedPush): Promise<void> {
    const begun = this.#health.epoch;
    let outcome: SendOutcome;
    try {
      outcome = await this.#service.send(push);
    } catch (error) {
      // Our bug. The push is given up: the next try would most likely end in the same way.
      this.#log.error("cannot send a push", { error });
      outcome = { kind: "rejected", reason: "internal error" };
    }
    this.#inFlight--;
    this.#settle(push, outcome, begun);
    this.#pump();
  }

  #settle(push: QueuedPush, outcome: SendOutcome, begun: Epoch): void {
    const nowMs = this.#clock.nowMs();
    this.#log.debug("push tried", { ...outcome });
    const isServiceDown = outcome.kind === "retry" && outcome.scope !== "device";
    if (isServiceDown) this.#serviceFailed(outcome, begun);
    else if (this.#health.worked(begun)) this.#serviceWorksAgain();
    switch (outcome.kind) {
      case "delivered":
        this.#tally.count("delivered");
        break;
      case "gone":
        this.#dead.add(push.order.token, nowMs);
        this.#tally.count("gone", {
          times: 1 + this.#queue.dropDevice(push.order.token),
          reason: outcome.reason,
        });
        break;
      case "rejected":
        this.#tally.count("rejected", { reason: outcome.reason });
        break;
      case "retry":
        this.#tryAgain(push, outcome);
    }
  }

  #tryAgain(push: QueuedPush, { scope, afterMs }: RetryOutcome): void {
    const nowMs = this.#clock.nowMs();
    if (scope !== "device") {
      this.#count(this.#queue.giveBack(push, { nowMs, restUntilMs: 0 }));
      return;
    }
    push.failures++;
    const waitMs = backoffMs(push.failures, { random: this.#random, atLeastMs: afterMs });
    this.#count(this.#queue.giveBack(push, { nowMs, restUntilMs: nowMs + waitMs }));
  }

  /** One line per outage and kind of trouble; the tries in between are for the patient. */
  #serviceFailed({ scope, reason, afterMs }: RetryOutcome, begun: Epoch): void {
    const waitMs = this.#health.failed(begun, { nowMs: this.#clock.nowMs(), afterMs });
    if (waitMs === null) return;
    const fields = { reason, waitMs: Math.round(waitMs), queued: this.#queue.size };
    if (this.#told.has(scope)) this.#log.debug("push service still fails", fields);
    else if (scope === "credentials") {
      this.#log.error("push service does not take our credentials", fields);
    } else this.#log.warn("push service fails", fields);
    this.#told.add(scope);
  }

  #serviceWorksAgain(): void {
    this.#told.clear();
    this.#log.info("push service works again", { queued: this.#queue.size });
  }

  #count({ replaced, dropped }: { readonly replaced: number; readonly dropped: number }): void {
    this.#tally.count("replaced", { times: replaced });
    this.#tally.count("dropped", { times: dropped });
  }

  /** Looks again when a pause of the service or a rest of a device ends. */
  #setWake(nowMs: number): void {
    if (this.#isStopped || this.#queue.size === 0) return;
    const pauseEndMs = this.#health.pausedUntilMs > nowMs ? this.#health.pausedUntilMs : Infinity;
    const dueMs = Math.min(this.#queue.nextWakeMs, pauseEndMs);
    if (dueMs >= (this.#wake?.dueMs ?? Infinity)) return;
    this.#wake?.timer.cancel();
    const timer = this.#clock.after(Math.max(MIN_WAKE_MS, dueMs - nowMs), () => {
      this.#wake = null;
      this.#queue.wake(this.#clock.nowMs());
      this.#pump();
    });
    this.#wake = { timer, dueMs };
  }

  get #hasNothingToSend(): boolean {
    const maySend = this.#queue.hasReady && this.#maxInFlight(this.#clock.nowMs()) > 0;
    return this.#inFlight === 0 && !maySend;
  }

  #untilIdle(isIdle: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#idle = () => {
        if (!isIdle()) return;
        this.#idle = null;
        resolve();
      };
      this.#idle();
    });
  }
}
