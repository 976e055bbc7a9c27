/** What goes wrong in a run, and when. All times are milliseconds since the load began. */

/**
 * - `kill`: SIGKILL, started again after `forMs`.
 * - `term`: SIGTERM, started again when it has ended.
 * - `stop`: SIGSTOP, SIGCONT after `forMs`.
 * - `lose`: Redis is killed and comes back with nothing.
 * - `rollback`: Redis is killed and comes back as it was `amount` ms before.
 * - `cut`: connections of a link break; new ones are refused for `forMs`.
 * - `stall`: nothing passes on a link for `forMs`, and nobody is told.
 * - `delay`: what passes on a link takes `amount` ms longer, each way.
 * - `disk`: the disk of the target is full for `forMs`.
 * - `clock`: the wall clock of the target is wrong by `amount` seconds for `forMs`.
 */
export const FAULT_KINDS = [
  "kill",
  "term",
  "stop",
  "lose",
  "rollback",
  "cut",
  "stall",
  "delay",
  "disk",
  "clock",
] as const;

export type FaultKind = typeof FAULT_KINDS[number];

export interface Fault {
  readonly kind: FaultKind;
  /** A process such as `db0`, or a link such as `msg1-db0`. */
  readonly target: string;
  readonly atMs: number;
  readonly forMs: number;
  /** In the unit of the kind; 0 where it has none. */
  readonly amount: number;
}

export interface Plan {
  readonly seed: number;
  /** By time. */
  readonly faults: readonly Fault[];
  /**
   * How msg_servers are told about two db_proxies: `split` makes one the login group and one the
   * other group, `both` puts each into both.
   */
  readonly dbGroups: "split" | "both";
}

/** For people: `kill db0 at 1.20 s for 0.40 s`. */
export function describeFault({ kind, target, atMs, forMs, amount }: Fault): string {
  const unit = kind === "clock" ? "s" : "ms";
  const by = amount === 0 ? "" : ` by ${amount} ${unit}`;
  return `${kind} ${target}${by} at ${seconds(atMs)} for ${seconds(forMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
