/**
 * Heartbeats and silence limits of all links of a server from one timer (docs/spec/wire.md 3).
 *
 * Links count whole seconds of silence themselves; once a second this walks over the watched ones,
 * closes those that are silent for too long and sends a heartbeat where nothing else was sent. A
 * timer per connection was measured to cost memory and processor time on every message.
 */
import type { Clock, Timer } from "../clock.ts";
import { buildEmptyFrame } from "../pdu/header.ts";
import type { Link } from "./types.ts";

/** CID_OTHER_HEARTBEAT; netlib knows this one command. */
const HEARTBEAT_COMMAND_ID = 0x0701;

/** Limits of server-to-server links (docs/spec/wire.md 3). */
export const SERVER_LINK_POLICY: LivenessPolicy = { maxSilentSec: 30, heartbeatAfterSec: 5 };

export interface LivenessPolicy {
  /** Seconds without input after which the link is closed. */
  readonly maxSilentSec: number;
  /** Seconds without output after which a heartbeat is sent; `null` never sends one. */
  readonly heartbeatAfterSec: number | null;
}

/** One watched link. The policy may be exchanged, for instance after a login. */
export interface Watch {
  readonly link: Link;
  policy: LivenessPolicy;
  /** Seconds left until the link is closed whatever it does; `null` for no such limit. */
  deadlineSec: number | null;
}

export class Liveness {
  /** In the order in which they came. An array, as walking over it leaves no garbage. */
  readonly #watches: Watch[] = [];
  readonly #timer: Timer;
  readonly #heartbeat = buildEmptyFrame(HEARTBEAT_COMMAND_ID, 0);

  constructor(clock: Clock) {
    this.#timer = clock.every(1000, () => this.#tick());
  }

  /** Watches a link until it is closed. */
  watch(link: Link, policy: LivenessPolicy, deadlineSec: number | null = null): Watch {
    const watch: Watch = { link, policy, deadlineSec };
    this.#watches.push(watch);
    return watch;
  }

  stop(): void {
    this.#timer.cancel();
    this.#watches.length = 0;
  }

  #tick(): void {
    const watches = this.#watches;
    let open = 0;
    for (let index = 0; index < watches.length; index++) {
      const watch = watches[index]!;
      if (!watch.link.isOpen) continue;
      watches[open++] = watch;
      this.#countSecond(watch);
    }
    watches.length = open;
  }

  #countSecond(watch: Watch): void {
    const { link, policy } = watch;
    link.silentSec++;
    link.quietSec++;
    if (watch.deadlineSec !== null && --watch.deadlineSec < 0) {
      link.abort("time limit reached");
    } else if (link.silentSec > policy.maxSilentSec) {
      link.abort(`silent for more than ${policy.maxSilentSec} s`);
    } else if (policy.heartbeatAfterSec !== null && link.quietSec > policy.heartbeatAfterSec) {
      link.send(this.#heartbeat);
    }
  }
}
