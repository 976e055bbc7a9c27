/** The simulated cluster: processes that run the real roles, and can be killed and started again. */
import type { Logger } from "../../../shared/log/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import type { SimDisk } from "../world/disk.ts";
import type { SimNetwork } from "../world/network.ts";
import { SimProcess } from "../world/process.ts";
import type { Scheduler } from "../world/scheduler.ts";
import { type ClusterShape, type RoleName, startRole, type Stoppable } from "./roles.ts";

export interface ClusterDeps {
  readonly scheduler: Scheduler;
  readonly network: SimNetwork;
  readonly disk: SimDisk;
  readonly log: Logger;
  readonly shape: ClusterShape;
}

/** A place in the cluster where one process after the other runs a role. */
export class Seat {
  readonly role: RoleName;
  readonly name: string;
  process: SimProcess;
  readonly #index: number;
  readonly #deps: ClusterDeps;
  #server: Stoppable | null = null;
  #isStopping = false;

  constructor(role: RoleName, index: number, deps: ClusterDeps) {
    this.role = role;
    this.name = `${role}${index}`;
    this.#index = index;
    this.#deps = deps;
    this.process = new SimProcess(this.name, deps.scheduler);
  }

  get isRunning(): boolean {
    return this.process.isAlive && this.#server !== null;
  }

  /** Whether it runs and nobody has told it to end. */
  get isSettled(): boolean {
    return this.isRunning && !this.#isStopping;
  }

  /** A start that fails, on a full disk for instance, ends the process. */
  async start(): Promise<void> {
    const { scheduler, network, disk, log, shape } = this.#deps;
    const process = new SimProcess(this.name, scheduler);
    process.skewMs = this.process.skewMs;
    this.process = process;
    this.#server = null;
    this.#isStopping = false;
    try {
      const server = await startRole(this.role, this.#index, {
        network: network.of(process),
        clock: process.clock,
        random: seededRandom(Math.floor(scheduler.random.next() * 2 ** 32)),
        log: log.child({ role: this.name }),
        process,
        disk,
        shape,
      });
      if (process.isAlive) this.#server = server;
    } catch (error) {
      log.warn("start failed", { name: this.name, error: String(error) });
      process.kill();
    }
  }

  kill(): void {
    this.process.kill();
    this.#server = null;
  }

  /** SIGTERM; the process ends when its server has stopped. */
  async stop(): Promise<void> {
    const { process } = this;
    this.#isStopping = true;
    await this.#server?.stop();
    process.kill();
  }
}

export class SimCluster {
  readonly seats: readonly Seat[];

  constructor(deps: ClusterDeps) {
    const { dbProxies, msgServers } = deps.shape;
    const counts: readonly (readonly [RoleName, number])[] = [
      ["db_proxy", dbProxies],
      ["login", 1],
      ["route", 1],
      ["msg", msgServers],
    ];
    this.seats = counts.flatMap(([role, count]) =>
      Array.from({ length: count }, (_, i) => new Seat(role, i, deps))
    );
  }

  of(role: RoleName): readonly Seat[] {
    return this.seats.filter((seat) => seat.role === role);
  }

  async start(): Promise<void> {
    for (const seat of this.seats) await seat.start();
  }

  /** Whatever does not run is started. */
  async startMissing(): Promise<void> {
    for (const seat of this.seats) if (!seat.isRunning) await seat.start();
  }

  kill(): void {
    for (const seat of this.seats) seat.kill();
  }
}
