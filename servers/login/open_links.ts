import type { Link } from "../../shared/netlib/mod.ts";

/** The links that are open, so that a server that stops can close them and wait for that. */
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

  /** Closes every link after its output; resolves when all of them have told that. */
  closeAll(reason: string): Promise<void> {
    if (this.#links.size === 0) return Promise.resolve();
    for (const link of this.#links) link.close(reason);
    return new Promise((resolve) => {
      this.#allClosed = resolve;
    });
  }
}
