/** What inputs may have left behind at servers on a {@link GuardNetwork}. */
import assert from "node:assert/strict";
import type { WatchedLog } from "../../../shared/test_support/watched_log.ts";
import type { GuardNetwork } from "./guard_network.ts";

/** Only a failure waits so long, in milliseconds. */
const DEADLINE_MS = 10_000;

/** Lets everything go on that is ready. */
export async function turns(count: number): Promise<void> {
  for (let left = count; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}

export class Aftermath {
  readonly #network: GuardNetwork;
  readonly #log: WatchedLog;
  readonly #baseline: number;
  readonly #deadlineMs: number;

  /** With the links that are open now for good. */
  constructor(
    network: GuardNetwork,
    log: WatchedLog,
    { deadlineMs = DEADLINE_MS }: { readonly deadlineMs?: number } = {},
  ) {
    this.#deadlineMs = deadlineMs;
    this.#network = network;
    this.#log = log;
    this.#baseline = network.openEnds;
  }

  /** Whether as many links are open as in the beginning. */
  get isQuiet(): boolean {
    return this.#network.openEnds === this.#baseline;
  }

  /** @throws when a handler failed, or more links stay open than there were */
  async check(): Promise<void> {
    const startedMs = performance.now();
    while (!this.isQuiet) {
      const isLate = performance.now() - startedMs > this.#deadlineMs;
      assert.ok(!isLate, `${this.#network.openEnds} ends are open, not ${this.#baseline}`);
      await turns(1);
    }
    assert.deepEqual(this.#network.thrown.splice(0), [], "thrown by handlers");
    const lines = this.#log.lines.splice(0);
    assert.deepEqual(lines.filter((line) => line.includes('"level":"error"')), [], "logged");
  }
}
