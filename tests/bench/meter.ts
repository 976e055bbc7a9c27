/**
 * Measures a window, or several that add up: how long it was, and whose CPU time went into it.
 * CPU time comes in ticks of 10 ms, so a window should last a second at least.
 */
import { cpuMs, machineBusyMs } from "./proc.ts";

interface Reading {
  readonly wallMs: number;
  readonly serverMs: number | null;
  readonly generatorMs: number | null;
  readonly machineMs: number | null;
}

export interface Usage {
  readonly seconds: number;
  /** CPU time of the server, in microseconds; divide by what was done in the window. */
  readonly serverUs: number | null;
  /** Cores that were busy on average: 1 is one core all the time. */
  readonly serverCores: number | null;
  readonly generatorCores: number | null;
  /** With programs that are neither server nor generator: above 0.1 the figures suffer. */
  readonly otherCores: number | null;
}

const ZERO: Reading = { wallMs: 0, serverMs: 0, generatorMs: 0, machineMs: 0 };

export class Meter {
  readonly #serverPid: number | null;
  #began: Reading | null = null;
  #total: Reading = ZERO;

  /** `null`: the server is on another machine or was started by somebody else. */
  constructor(serverPid: number | null) {
    this.#serverPid = serverPid;
  }

  start(): void {
    this.#began = this.#read();
  }

  stop(): void {
    const began = this.#began!;
    this.#total = combine(this.#total, combine(this.#read(), began, -1), 1);
    this.#began = null;
  }

  get usage(): Usage {
    const { wallMs, serverMs, generatorMs, machineMs } = this.#total;
    const cores = (cpuMs: number | null) => cpuMs === null ? null : cpuMs / wallMs;
    const known = machineMs === null || serverMs === null || generatorMs === null;
    return {
      seconds: wallMs / 1000,
      serverUs: serverMs === null ? null : serverMs * 1000,
      serverCores: cores(serverMs),
      generatorCores: cores(generatorMs),
      otherCores: known ? null : Math.max(0, cores(machineMs - serverMs - generatorMs)!),
    };
  }

  #read(): Reading {
    return {
      wallMs: performance.now(),
      serverMs: this.#serverPid === null ? null : cpuMs(this.#serverPid),
      generatorMs: cpuMs("self"),
      machineMs: machineBusyMs(),
    };
  }
}

function combine(one: Reading, other: Reading, sign: 1 | -1): Reading {
  const add = (a: number | null, b: number | null) =>
    a === null || b === null ? null : a + sign * b;
  return {
    wallMs: one.wallMs + sign * other.wallMs,
    serverMs: add(one.serverMs, other.serverMs),
    generatorMs: add(one.generatorMs, other.generatorMs),
    machineMs: add(one.machineMs, other.machineMs),
  };
}
