/** What goes wrong in a run, drawn from its seed. Everything is over by the end of the fault time. */
import type { Seat, SimCluster } from "./cluster/cluster.ts";
import type { SimDisk } from "./world/disk.ts";
import type { SimNetwork } from "./world/network.ts";
import type { Scheduler } from "./world/scheduler.ts";
import type { SimProcess } from "./world/process.ts";

export const FAULTS = [
  "kill",
  "crash in transaction",
  "crash after commit",
  "stop",
  "stall",
  "split",
  "cut link",
  "cut client",
  "disk full",
  "clock step",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface FaultPlanOptions {
  readonly scheduler: Scheduler;
  readonly cluster: SimCluster;
  readonly network: SimNetwork;
  readonly disk: SimDisk;
  readonly clients: readonly SimProcess[];
  /** Owner of the plan's own events; never dies. */
  readonly director: SimProcess;
  /** Hears of each fault as it happens. */
  readonly told: (what: string) => void;
}

const MAX_FAULTS = 8;
const MAX_STALL_MS = 8_000;
const MAX_AWAY_MS = 3_000;
const MAX_SKEW_MS = 100_000;

/** Has faults happen between the two times. */
export function planFaults(options: FaultPlanOptions, fromMs: number, toMs: number): void {
  const { scheduler: { random }, director } = options;
  const count = Math.floor(random.next() * (MAX_FAULTS + 1));
  for (let i = 0; i < count; i++) {
    const fault = pick(FAULTS);
    const atMs = fromMs + random.next() * (toMs - fromMs);
    const forMs = random.next() ** 2;
    options.scheduler.at(atMs, director, () => happen(fault, forMs));
  }

  function pick<T>(from: readonly T[]): T {
    return from[Math.floor(random.next() * from.length)]!;
  }

  /** `share` of its kind's longest time, within the fault time. */
  function happen(fault: Fault, share: number): void {
    const { scheduler, cluster, network, disk, clients, told } = options;
    const until = (maxMs: number, run: () => void): number => {
      const forMs = Math.min(share * maxMs, toMs - scheduler.nowMs);
      scheduler.at(scheduler.nowMs + forMs, director, run);
      return Math.round(forMs);
    };
    const seat = pick(cluster.seats);
    const note = (what: string): void => told(`${Math.round(scheduler.nowMs)} ms: ${what}`);
    const revive = (one: Seat): void => {
      if (!one.isRunning) void one.start();
    };
    switch (fault) {
      case "kill":
        seat.kill();
        return note(`kill ${seat.name} for ${until(MAX_AWAY_MS, () => revive(seat))} ms`);
      case "crash in transaction":
      case "crash after commit": {
        const proxy = pick(cluster.of("db_proxy"));
        if (fault === "crash after commit") disk.crashAfterCommit(proxy.process);
        else disk.crashBefore(proxy.process, 1 + Math.floor(random.next() * 40));
        proxy.process.atDeath(() => {
          note(`${proxy.name} crashed for ${until(MAX_AWAY_MS, () => revive(proxy))} ms`);
        });
        return note(`${fault} of ${proxy.name}`);
      }
      case "stop":
        seat.process.soon(() => {
          void seat.stop().then(() => until(MAX_AWAY_MS, () => revive(seat)));
        });
        return note(`stop ${seat.name}`);
      case "stall":
        seat.process.stall(Math.min(share * MAX_STALL_MS, toMs - scheduler.nowMs));
        return note(`stall ${seat.name} for ${Math.round(share * MAX_STALL_MS)} ms`);
      case "split": {
        const other = pick(cluster.seats);
        network.split(seat.name, other.name);
        const forMs = until(60_000, () => network.heal());
        return note(`split ${seat.name} from ${other.name} for ${forMs} ms`);
      }
      case "cut link":
        network.cutOne(seat.process);
        return note(`cut a link of ${seat.name}`);
      case "cut client":
        network.cutOne(pick(clients));
        return note("cut a client");
      case "disk full":
        disk.isFull = random.next() < 0.5 ? "at once" : "at commit";
        return note(
          `disk full ${disk.isFull} for ${until(2_000, () => void (disk.isFull = "no"))} ms`,
        );
      case "clock step":
        seat.process.skewMs = (random.next() - 0.5) * 2 * MAX_SKEW_MS;
        return note(`clock of ${seat.name} is off by ${Math.round(seat.process.skewMs)} ms`);
    }
  }
}
