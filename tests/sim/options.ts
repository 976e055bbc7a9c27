/** The command line of `deno task sim`. */
import { parseArgs } from "node:util";

export interface SimOptions {
  readonly firstSeed: number;
  readonly seeds: number;
  /** Threads. */
  readonly workers: number;
  /** Shows what the servers log. */
  readonly trace: boolean;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

const USAGE = "Allowed: [--seeds N] [--from SEED] [--workers N] | --seed SEED [--trace]";
const MAX_SEED = 2 ** 32 - 1;

/** @throws {UsageError} for what it does not understand */
export function parseSimOptions(args: readonly string[], cores: number): SimOptions {
  const values = parseOrExplain(args);
  if (values.seed !== undefined) {
    const seed = integer("seed", values.seed, MAX_SEED);
    return { firstSeed: seed, seeds: 1, workers: 1, trace: values.trace };
  }
  if (values.trace) throw new UsageError(`--trace goes with --seed. ${USAGE}`);
  return {
    firstSeed: integer("from", values.from, MAX_SEED),
    seeds: integer("seeds", values.seeds, MAX_SEED),
    workers: integer("workers", values.workers ?? String(cores), 256),
    trace: false,
  };
}

function integer(name: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new UsageError(`--${name} "${text}" is not allowed; allowed: 1 to ${max}`);
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        from: { type: "string", default: "1" },
        seeds: { type: "string", default: "1000" },
        workers: { type: "string" },
        trace: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}. ${USAGE}`);
  }
}
