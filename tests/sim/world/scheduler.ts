/**
 * Virtual time. Nothing happens but events, one after the other, and between two of them all promises
 * that can go on do. With the same events and the same chance a run is the same to the last step.
 */
import type { Random } from "../../../shared/random.ts";
import { EventQueue } from "./event_queue.ts";

/** Whom an event belongs to. */
export interface EventOwner {
  readonly isAlive: boolean;
  /** Virtual time until which it does nothing. */
  readonly stalledUntilMs: number;
}

/** A step that makes no progress would never end; no sensible run has so many events. */
const MAX_EVENTS = 5_000_000;

export class Scheduler {
  readonly random: Random;
  /** Virtual milliseconds since the start. */
  nowMs = 0;
  /** Events that have happened. */
  events = 0;
  readonly #queue = new EventQueue();
  #order = 0;
  /** FNV-1a over time and owner of what happened. */
  #digest = 0x811c9dc5;

  constructor(random: Random) {
    this.random = random;
  }

  /** A number that two runs share only when they were the same. */
  get digest(): number {
    return this.#digest >>> 0;
  }

  /** Has `run` called at that moment, or later when its owner is stalled then. */
  at(dueMs: number, owner: EventOwner, run: () => void, isVoid: () => boolean = never): void {
    this.#queue.push({
      dueMs: Math.max(dueMs, this.nowMs),
      order: this.#order++,
      run,
      isVoid: () => !owner.isAlive || isVoid(),
      notBeforeMs: () => owner.stalledUntilMs,
    });
  }

  /** Adds something that was seen to what makes runs alike. */
  note(value: number): void {
    this.#digest = Math.imul(this.#digest ^ (value >>> 0), 0x01000193);
  }

  /** Lets time pass until `isDone`; `false` when it is not by `limitMs` or when nothing is left. */
  async runUntil(isDone: () => boolean, limitMs: number): Promise<boolean> {
    await turn();
    while (!isDone()) {
      const next = this.#queue.peek();
      if (next === undefined || next.dueMs > limitMs) {
        this.nowMs = Math.max(this.nowMs, Math.min(limitMs, next?.dueMs ?? limitMs));
        return false;
      }
      this.#queue.pop();
      if (next.isVoid()) continue;
      const notBeforeMs = next.notBeforeMs();
      if (notBeforeMs > next.dueMs) {
        next.dueMs = notBeforeMs;
        this.#queue.push(next);
        continue;
      }
      this.nowMs = next.dueMs;
      if (++this.events > MAX_EVENTS) throw new Error(`no end after ${MAX_EVENTS} events`);
      this.note(next.order);
      next.run();
      await turn();
    }
    return true;
  }
}

/** All promises that can go on have gone on. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function never(): boolean {
  return false;
}
