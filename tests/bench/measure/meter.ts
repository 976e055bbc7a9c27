/**
 * Measures a window, or several that add up: how long it was, and whose CPU time went into it.
 * CPU time comes in ticks of 10 ms, so a window should last a second at least.
 */
import type { WatchedProcess } from "../suite/running_suite.ts";
import { cpuMs, machineBusyMs } from "./proc.ts";

interface Reading {
  readonly wallMs: number;
  /** In the order of the processes watched. */
  readonly processMs: readonly (number | null)[];
  readonly generatorMs: number | null;
  readonly machineMs: number | null;
}

export interface ProcessUsage extends WatchedProcess {
  /** CPU time in microseconds; divide by what was done in the window. */
  readonly cpuUs: number | null;
}

export interface Usage {
  readonly seconds: number;
  readonly processes: readonly ProcessUsage[];
  /** Cores that were busy on average: 1 is one core all the time. */
  readonly serverCores: number | null;
  readonly engineCores: number | null;
  readonly generatorCores: number | null;
  /** With programs that are none of these: above 0.1 the figures suffer. */
  readonly otherCores: number | null;
}

export class Meter {
  readonly #processes: readonly WatchedProcess[];
  #began: Reading | null = null;
  #total: Reading;

  /** Without processes: the server is on another machine or was started by somebody else. */
  constructor(processes: readonly WatchedProcess[]) {
    this.#processes = processes;
    this.#total = { wallMs: 0, processMs: processes.map(() => 0), generatorMs: 0, machineMs: 0 };
  }

  start(): void {
    this.#began = this.#read();
  }

  stop(): void {
    this.#total = combine(this.#total, combine(this.#read(), this.#began!, -1), 1);
    this.#began = null;
  }

  get usage(): Usage {
    const { wallMs, processMs, generatorMs, machineMs } = this.#total;
    const processes = this.#processes.map((one, index): ProcessUsage => {
      const ms = processMs[index]!;
      return { ...one, cpuUs: ms === null ? null : ms * 1000 };
    });
    const cores = (cpuMs: number | null) => cpuMs === null ? null : cpuMs / wallMs;
    const ofKind = (kind: WatchedProcess["kind"]) => {
      const ours = processMs.filter((_, index) => this.#processes[index]!.kind === kind);
      return ours.length === 0 ? null : sum(ours);
    };
    const others = sum([...processMs, generatorMs]);
    const isKnown = this.#processes.length > 0 && machineMs !== null && others !== null;
    return {
      seconds: wallMs / 1000,
      processes,
      serverCores: cores(ofKind("server")),
      engineCores: cores(ofKind("engine")),
      generatorCores: cores(generatorMs),
      otherCores: isKnown ? Math.max(0, cores(machineMs - others)!) : null,
    };
  }

  #read(): Reading {
    return {
      wallMs: performance.now(),
      processMs: this.#processes.map(({ pid }) => cpuMs(pid)),
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
    processMs: one.processMs.map((ms, index) => add(ms, other.processMs[index]!)),
    generatorMs: add(one.generatorMs, other.generatorMs),
    machineMs: add(one.machineMs, other.machineMs),
  };
}

function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, one) => total === null || one === null ? null : total + one, 0);
}
