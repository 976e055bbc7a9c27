/** The command line of `deno task check-delivery`. */
import { parseArgs } from "node:util";
import { FAULT_KINDS } from "./plan/fault.ts";
import type { EngineKind, Layout } from "./plan/topology.ts";

export interface Options {
  readonly scenario: "faults" | "recovery";
  readonly runs: number;
  /** Of the first run; the next ones count up. */
  readonly seed: number;
  readonly layout: Layout;
  readonly engine: EngineKind;
  /** See `PlanOptions.allowed`. */
  readonly faults: readonly string[];
  readonly seconds: number;
  /** Runs at a time. */
  readonly parallel: number;
  /** Ends early, so that a run that was begun by then is the last one. Seconds. */
  readonly maxSeconds: number;
  /** Where the report and the logs of runs that failed go; `null`: a new folder. */
  readonly out: string | null;
}

export const USAGE = `deno task check-delivery [--runs N] [--seed S] [--seconds S]
  [--layout roles|suite] [--engine mysql|sqlite] [--faults LIST] [--scenario faults|recovery]
  [--parallel N] [--max-seconds S] [--out DIR]
LIST is separated by commas: ${FAULT_KINDS.join(", ")},
each alone or with a target: kill:db, stop:mariadb, cut:msg-route, delay:db0-redis`;

/** @throws {Error} for what it does not understand */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      [
        ...["runs", "seed", "layout", "engine", "faults", "seconds"],
        ...["scenario", "parallel", "max-seconds", "out"],
      ].map((name) => [name, { type: "string" as const }]),
    ),
  }) as { values: Record<string, string | undefined> };
  const layout = choice(values, "layout", ["roles", "suite"]);
  const scenario = choice(values, "scenario", ["faults", "recovery"]);
  if (scenario === "recovery" && layout === "suite") {
    throw new Error("--scenario recovery needs --layout roles: a suite has nobody to take over");
  }
  const faults = (values["faults"] ?? "").split(",").filter((one) => one !== "");
  for (const one of faults) {
    if (!FAULT_KINDS.some((kind) => one === kind || one.startsWith(`${kind}:`))) {
      throw new Error(`--faults: there is no ${one}`);
    }
  }
  return {
    scenario,
    runs: number(values, "runs", { default: 10, min: 1 }),
    seed: number(values, "seed", { default: 1, min: 0 }),
    layout,
    engine: layout === "suite" && values["engine"] === undefined
      ? "sqlite"
      : choice(values, "engine", ["mysql", "sqlite"]),
    faults,
    seconds: number(values, "seconds", { default: 6, min: 3 }),
    parallel: number(values, "parallel", { default: 1, min: 1 }),
    maxSeconds: number(values, "max-seconds", { default: 86_400, min: 1 }),
    out: values["out"] ?? null,
  };
}

type Values = Readonly<Record<string, string | undefined>>;

/** The first of the allowed ones is the default. */
function choice<const T extends string>(values: Values, name: string, allowed: readonly T[]): T {
  const text = values[name] ?? allowed[0]!;
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  throw new Error(`--${name} "${text}" is not allowed; allowed: ${allowed.join(", ")}`);
}

function number(
  values: Values,
  name: string,
  { default: otherwise, min }: { readonly default: number; readonly min: number },
): number {
  const text = values[name];
  if (text === undefined) return otherwise;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= min) return value;
  throw new Error(`--${name} "${text}" is not allowed; allowed: a whole number from ${min}`);
}
