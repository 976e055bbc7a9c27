/** The command line of `deno task fuzz`. */
import { parseArgs } from "node:util";

export interface FuzzOptions {
  readonly targets: readonly string[];
  /** For each target; whichever of the two comes first ends it. */
  readonly inputs: number;
  readonly seconds: number;
  readonly seed: number;
  /** A file of a failure that is fed again instead. */
  readonly replay: string | null;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

const MAX_SEED = 2 ** 32 - 1;

/** @throws {UsageError} for what it does not understand */
export function parseFuzzOptions(args: readonly string[], known: readonly string[]): FuzzOptions {
  const { values, positionals } = parseOrExplain(args, known);
  const odd = positionals.find((name) => !known.includes(name));
  if (odd !== undefined) {
    throw new UsageError(`There is no target "${odd}"; there are ${known.join(", ")}`);
  }
  return {
    targets: positionals.length === 0 ? known : positionals,
    inputs: integer("inputs", values.inputs, Number.MAX_SAFE_INTEGER),
    seconds: integer("seconds", values.seconds, 7 * 86_400),
    seed: integer("seed", values.seed, MAX_SEED),
    replay: values.replay ?? null,
  };
}

function integer(name: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new UsageError(`--${name} "${text}" is not allowed; allowed: 1 to ${max}`);
}

function parseOrExplain(args: readonly string[], known: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        inputs: { type: "string", default: "1000000" },
        seconds: { type: "string", default: "60" },
        seed: { type: "string", default: "1" },
        replay: { type: "string" },
      },
    });
  } catch (error) {
    const allowed = `Allowed: [${known.join("|")}]… [--inputs N] [--seconds S] [--seed S], ` +
      "or --replay FILE";
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}. ${allowed}`);
  }
}
