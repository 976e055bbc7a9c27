/**
 * Gives memory back when nothing is going on. V8 collects its old objects when it runs out of its
 * own heap, and sees nothing of what a socket has outside of it: after a storm of logins, and by and
 * by where connections come and go, a process holds twice what it needs (docs/performance.md, "Does
 * memory grow?"). So it is looked at once a second. One that has worked for a while and has little to
 * do now makes a full collection, which stops this thread for some ten milliseconds; one that has a
 * lot to do makes one when it has doubled.
 *
 * Work counts, and not only what the process holds: freed memory stays with it and is used again, so
 * from the second collection on it would take more garbage each time until it grows.
 */
import process from "node:process";
import v8 from "node:v8";
import vm from "node:vm";
import type { Clock, Timer } from "./clock.ts";

const LOOK_MS = 1000;
/** CPU time between two collections: login_server answers 2500 look-ups in it, which leave 5 MB. */
const WORK_MS = 1000;
/** Collections take no more than this part of the work, however large the heap is. */
const MAX_SHARE = 1 / 20;
/** Growth that is not waited with until there is work again. */
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
  #elapsedMs: number;
  #cpuMs: number;
  /** Work since the last collection, and how much of it the next one waits for. */
  #workMs = 0;
  #wantedMs = WORK_MS;
  /** What it held after the last collection; `null`: look now. */
  #baseBytes: number | null;

  /** Begins to look. */
  constructor(clock: Clock, runtime: Runtime) {
    this.#clock = clock;
    this.#runtime = runtime;
    this.#elapsedMs = clock.elapsedMs();
    this.#cpuMs = runtime.cpuMs();
    this.#baseBytes = runtime.residentBytes();
    this.#timer = clock.every(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#timer.cancel();
  }

  #look(): void {
    const isQuiet = this.#coresSinceLastLook() <= QUIET_CORES;
    const bytes = this.#runtime.residentBytes();
    // A second after a collection its pages are back.
    if (this.#baseBytes === null || bytes < this.#baseBytes) this.#baseBytes = bytes;
    const grownBytes = bytes - this.#baseBytes;
    const isDue = this.#workMs >= this.#wantedMs || grownBytes >= GROWTH_BYTES;
    if (isQuiet ? isDue : grownBytes >= this.#baseBytes) this.#collect();
  }

  #collect(): void {
    const beganMs = this.#runtime.cpuMs();
    this.#runtime.collect();
    this.#cpuMs = this.#runtime.cpuMs();
    this.#workMs = 0;
    this.#wantedMs = Math.max(WORK_MS, (this.#cpuMs - beganMs) / MAX_SHARE);
    this.#baseBytes = null;
  }

  #coresSinceLastLook(): number {
    const [elapsedMs, cpuMs] = [this.#clock.elapsedMs(), this.#runtime.cpuMs()];
    const workMs = cpuMs - this.#cpuMs;
    const cores = workMs / Math.max(1, elapsedMs - this.#elapsedMs);
    this.#elapsedMs = elapsedMs;
    this.#cpuMs = cpuMs;
    this.#workMs += workMs;
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
