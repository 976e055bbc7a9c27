/**
 * Gives memory back when nothing is going on. V8 collects its old objects when it runs out of its
 * own heap, and sees nothing of what a socket has outside of it: after a storm of logins, and by and
 * by where connections come and go, a process holds twice what it needs (docs/performance.md, "Does
 * memory grow?"). So it is looked at once a second: one that has grown makes a full collection, which
 * stops this thread for some ten milliseconds, as soon as it has little else to do, and at the latest
 * when it has doubled.
 */
import process from "node:process";
import v8 from "node:v8";
import vm from "node:vm";
import type { Clock, Timer } from "./clock.ts";

const LOOK_MS = 1000;
/** Less than this is not worth a collection. */
const GROWTH_BYTES = 8 * 1024 * 1024;
/** With more of a core in use somebody would notice the pause. */
const QUIET_CORES = 0.15;

/** The process, as far as this is about it. */
export interface Runtime {
  /** Memory that it holds now. */
  residentBytes(): number;
  /** CPU time of all its threads since it began, in milliseconds. */
  cpuMs(): number;
  /** A full collection of this thread's heap. */
  collect(): void;
}

export class QuietCollection {
  readonly #clock: Clock;
  readonly #runtime: Runtime;
  readonly #timer: Timer;
  /** What it held after the last collection; `null`: look now. */
  #baseBytes: number | null;
  #elapsedMs: number;
  #cpuMs: number;

  /** Begins to look. */
  constructor(clock: Clock, runtime: Runtime) {
    this.#clock = clock;
    this.#runtime = runtime;
    this.#baseBytes = runtime.residentBytes();
    this.#elapsedMs = clock.elapsedMs();
    this.#cpuMs = runtime.cpuMs();
    this.#timer = clock.every(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const cores = this.#coresSinceLastLook();
    const bytes = this.#runtime.residentBytes();
    if (this.#baseBytes === null || bytes < this.#baseBytes) {
      // A second after a collection its pages are back.
      this.#baseBytes = bytes;
      return;
    }
    const allowed = cores > QUIET_CORES ? 2 * this.#baseBytes : this.#baseBytes + GROWTH_BYTES;
    if (bytes < allowed) return;
    this.#runtime.collect();
    this.#baseBytes = null;
  }

  #coresSinceLastLook(): number {
    const [elapsedMs, cpuMs] = [this.#clock.elapsedMs(), this.#runtime.cpuMs()];
    const cores = (cpuMs - this.#cpuMs) / Math.max(1, elapsedMs - this.#elapsedMs);
    this.#elapsedMs = elapsedMs;
    this.#cpuMs = cpuMs;
    return cores;
  }
}

/** This process. */
export class DenoRuntime implements Runtime {
  #gc: (() => void) | null = null;

  residentBytes(): number {
    return process.memoryUsage.rss();
  }

  cpuMs(): number {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  }

  /** V8 gives the function for it to contexts that are made while its flag is set. */
  collect(): void {
    this.#gc ??= gcFunction();
    this.#gc();
  }
}

function gcFunction(): () => void {
  v8.setFlagsFromString("--expose-gc");
  try {
    return vm.runInNewContext("gc");
  } finally {
    v8.setFlagsFromString("--no-expose-gc");
  }
}
