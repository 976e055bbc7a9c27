/** The links that are open, so that a server that stops can close them. */
import type { Clock } from "../../shared/clock.ts";
import { closeLinks, type Link } from "../../shared/netlib/mod.ts";

export class OpenLinks {
  readonly #links = new Set<Link>();
  #allClosed: (() => void) | null = null;

  add(link: Link): void {
    this.#links.add(link);
  }

  /** To be called when the link has told that it is closed. */
  remove(link: Link): void {
    this.#links.delete(link);
    if (this.#links.size === 0) this.#allClosed?.();
  }

  /** Closes every link; resolves when their output has left and all have told that they closed. */
  async closeAll(clock: Clock, reason: string): Promise<void> {
    if (this.#links.size === 0) return;
    const allClosed = new Promise<void>((resolve) => this.#allClosed = resolve);
    await closeLinks(this.#links, { clock, reason });
    await allClosed;
  }
}
