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
  policy: LivenessPolicy;
  /** Seconds left until the link is closed whatever it does; `null` for no such limit. */
  deadlineSec: number | null;
}

export class Liveness {
  readonly #watches = new Map<Link, Watch>();
  readonly #timer: Timer;
  readonly #heartbeat = buildEmptyFrame(HEARTBEAT_COMMAND_ID, 0);

  constructor(clock: Clock) {
    this.#timer = clock.every(1000, () => this.#tick());
  }

  /** Watches a link until it is closed. */
  watch(link: Link, policy: LivenessPolicy, deadlineSec: number | null = null): Watch {
    const watch: Watch = { policy, deadlineSec };
    this.#watches.set(link, watch);
    return watch;
  }

  stop(): void {
    this.#timer.cancel();
    this.#watches.clear();
  }

  #tick(): void {
    for (const [link, watch] of this.#watches) {
      if (!link.isOpen) {
        this.#watches.delete(link);
        continue;
      }
      link.silentSec++;
      link.quietSec++;
      if (watch.deadlineSec !== null && --watch.deadlineSec < 0) {
        link.abort("time limit reached");
      } else if (link.silentSec > watch.policy.maxSilentSec) {
        link.abort(`silent for more than ${watch.policy.maxSilentSec} s`);
      } else if (
        watch.policy.heartbeatAfterSec !== null && link.quietSec > watch.policy.heartbeatAfterSec
      ) {
        link.send(this.#heartbeat);
      }
    }
  }
}
