/**
 * The pushes of one kind: handlers that are called at once, waiters for the next one, and a buffer
 * of what no waiter took, so that a push that came before the wait is not lost.
 */
import type { Clock, Timer } from "../clock.ts";
import { ClientLimitError, DeadlineError } from "./errors.ts";
import { MAX_WAITING } from "./options.ts";

export interface NextOptions<Event> {
  readonly timeoutMs?: number;
  /** Takes the first push that fits and leaves the others for later calls. */
  readonly where?: (event: Event) => boolean;
}

interface Waiter<Event> {
  readonly where: (event: Event) => boolean;
  readonly resolve: (event: Event) => void;
  readonly reject: (error: Error) => void;
  readonly deadline: Timer;
}

export interface PushChannelOptions {
  readonly clock: Clock;
  /** Named in errors. */
  readonly kind: string;
  /** Pushes kept; the oldest is dropped for a further one. */
  readonly bufferLimit: number;
  readonly timeoutMs: number;
}

export class PushChannel<Event> {
  /** Pushes that fell out of the full buffer. */
  dropped = 0;
  readonly #options: PushChannelOptions;
  readonly #handlers = new Set<(event: Event) => void>();
  readonly #waiters = new Set<Waiter<Event>>();
  #buffer: Event[] = [];
  #ended: Error | null = null;

  constructor(options: PushChannelOptions) {
    this.#options = options;
  }

  on(handler: (event: Event) => void): () => void {
    // A wrapper of its own, so that the same function given twice is called and removed twice.
    const own = (event: Event): void => handler(event);
    this.#handlers.add(own);
    return () => void this.#handlers.delete(own);
  }

  emit(event: Event): void {
    const waiter = this.#waiters.values().find((one) => one.where(event));
    if (waiter !== undefined) {
      this.#settle(waiter);
      waiter.resolve(event);
    } else {
      this.#keep(event);
    }
    for (const handler of [...this.#handlers]) handler(event);
  }

  next(
    { timeoutMs = this.#options.timeoutMs, where = () => true }: NextOptions<Event> = {},
  ): Promise<
    Event
  > {
    const index = this.#buffer.findIndex(where);
    if (index >= 0) return Promise.resolve(this.#buffer.splice(index, 1)[0]!);
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (this.#waiters.size >= MAX_WAITING) {
      const message = `Cannot wait for "${this.#options.kind}": ${MAX_WAITING} wait already`;
      return Promise.reject(new ClientLimitError(message));
    }
    return new Promise((resolve, reject) => {
      const deadline = this.#options.clock.after(timeoutMs, () => {
        this.#waiters.delete(waiter);
        reject(new DeadlineError(`No "${this.#options.kind}" within ${timeoutMs} ms`));
      });
      const waiter: Waiter<Event> = { where, resolve, reject, deadline };
      this.#waiters.add(waiter);
    });
  }

  /** Empties the buffer and returns what was in it. */
  drain(): Event[] {
    const events = this.#buffer;
    this.#buffer = [];
    return events;
  }

  /** No further push will come: waits reject, now and later; the buffer can still be read. */
  end(error: Error): void {
    this.#ended = error;
    for (const waiter of [...this.#waiters]) {
      this.#settle(waiter);
      waiter.reject(error);
    }
    this.#handlers.clear();
  }

  #keep(event: Event): void {
    if (this.#options.bufferLimit === 0) return;
    if (this.#buffer.length >= this.#options.bufferLimit) {
      this.#buffer.shift();
      this.dropped++;
    }
    this.#buffer.push(event);
  }

  #settle(waiter: Waiter<Event>): void {
    waiter.deadline.cancel();
    this.#waiters.delete(waiter);
  }
}
