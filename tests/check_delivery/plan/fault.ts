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
 * - `outage`: SIGKILL to all processes of a group at once, started again after `forMs`.
 * - `vanish`: connections of a link are dead for good, and new ones for `forMs`; nobody is told.
 * - `oneway`: for `forMs` a link passes nothing in one direction; what was held is lost when then its
 *   connections break. `amount` is 1 for what goes to the server, 2 for what comes from there.
 * - `throttle`: a link passes `amount` KiB per second each way, on each connection.
 * - `flush`: Redis forgets everything while it runs.
 * - `deny`: Redis refuses to write for `forMs`.
 * - `sever`: MariaDB or Redis ends the connections of its clients, again and again for `forMs`.
 * - `lock`: nobody else can write to MariaDB for `forMs`; who tries has to wait.
 * - `files`: the target cannot open files or connections for `forMs`.
 * - `hang`: as `stop`, for longer than anybody waits. Only when it is asked for.
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
  "outage",
  "vanish",
  "oneway",
  "throttle",
  "flush",
  "deny",
  "sever",
  "lock",
  "files",
  "hang",
] as const;

export type FaultKind = typeof FAULT_KINDS[number];

export interface Fault {
  readonly kind: FaultKind;
  /** A process such as `db0`, a link such as `msg1-db0`, or a group such as `dbs`. */
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

const UNITS: Readonly<Partial<Record<FaultKind, string>>> = {
  clock: "s",
  throttle: "KiB/s",
  oneway: "(1: there, 2: back)",
};

/** For people: `kill db0 at 1.20 s for 0.40 s`. */
export function describeFault({ kind, target, atMs, forMs, amount }: Fault): string {
  const unit = UNITS[kind] ?? "ms";
  const by = amount === 0 ? "" : ` by ${amount} ${unit}`;
  return `${kind} ${target}${by} at ${seconds(atMs)} for ${seconds(forMs)}`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
