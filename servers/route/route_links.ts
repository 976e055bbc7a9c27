import type { Clock } from "../../shared/clock.ts";
import { closeLinks } from "../../shared/netlib/mod.ts";
import type { RouteCaller } from "./context.ts";

/** All open links, in the order in which they connected. */
export class RouteLinks {
  readonly #callers = new Set<RouteCaller>();
  #allClosed: (() => void) | null = null;

  [Symbol.iterator](): Iterator<RouteCaller> {
    return this.#callers.values();
  }

  add(caller: RouteCaller): void {
    this.#callers.add(caller);
  }

  /** To be called when the link has told that it is closed. */
  remove(caller: RouteCaller): void {
    this.#callers.delete(caller);
    if (this.#callers.size === 0) this.#allClosed?.();
  }

  sendToAll(frame: Uint8Array): void {
    for (const { link } of this.#callers) link.send(frame);
  }

  sendToOthers(origin: RouteCaller, frame: Uint8Array): void {
    for (const caller of this.#callers) {
      if (caller !== origin) caller.link.send(frame);
    }
  }

  /** Closes every link; resolves when their output has left and all have told that they closed. */
  async closeAll(clock: Clock, reason: string): Promise<void> {
    if (this.#callers.size === 0) return;
    const allClosed = new Promise<void>((resolve) => this.#allClosed = resolve);
    await closeLinks(Array.from(this.#callers, ({ link }) => link), { clock, reason });
    await allClosed;
  }
}
