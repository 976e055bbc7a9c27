/** What every role is given and what it gives back, whichever way the suite runs. */
import type { Clock } from "./clock.ts";
import type { Logger } from "./log/mod.ts";
import type { Address, Network } from "./netlib/mod.ts";
import type { Random } from "./random.ts";

export interface RoleDeps {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A started server. `stop` is complete: nothing of it is left listening, waiting or running. */
export interface RunningServer<Addresses extends string> extends AsyncDisposable {
  /** The bound address of each listener, with its real port. */
  readonly addresses: Readonly<Record<Addresses, Address>>;
  /** Stops accepting, finishes work in flight within {@link STOP_LIMIT_MS}, closes everything. */
  stop(): Promise<void>;
}

/** How long a stopping server may finish work in flight (docs/spec/roles.md 2.4). */
export const STOP_LIMIT_MS = 4000;
