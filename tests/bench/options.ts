/** The command line of `deno task bench`. */
import { parseArgs } from "node:util";
import { type EngineName, ENGINES } from "./place/place.ts";
import type { Scenario } from "./stage.ts";
import { type LayoutName, LAYOUTS } from "./suite/start_suite.ts";

export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  readonly engine: EngineName;
  readonly layout: LayoutName;
  /** Folder of data that stays; `null`: made for each scenario. */
  readonly dataDir: string | null;
  /** Length of the measured window. */
  readonly seconds: number;
  readonly runs: number;
  /** `null`: start a suite for every run. */
  readonly serverHttp: string | null;
  /** Of `user1` and all others. */
  readonly password: string;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

const DEFAULT_PASSWORD = "123456";

/** @throws {UsageError} for what it does not understand */
export function parseBenchOptions(
  args: readonly string[],
  all: readonly Scenario[],
): BenchOptions {
  const { values, positionals } = parseOrExplain(args, all);
  const unknown = positionals.find((name) => !all.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new UsageError(`No scenario "${unknown}". ${usage(all)}`);
  const serverHttp = values["server-http"] ?? null;
  if (serverHttp !== null && !URL.canParse(serverHttp)) {
    throw new UsageError(`--server-http "${serverHttp}" is no URL. ${usage(all)}`);
  }
  return {
    scenarios: positionals.length === 0
      ? all
      : all.filter((scenario) => positionals.includes(scenario.name)),
    engine: oneOf("engine", values.engine, ENGINES),
    layout: oneOf("layout", values.layout, LAYOUTS),
    dataDir: values.data ?? null,
    seconds: positive("seconds", values.seconds),
    runs: Math.ceil(positive("runs", values.runs)),
    serverHttp,
    password: values.password,
  };
}

function usage(all: readonly Scenario[]): string {
  return `Allowed: [${all.map(({ name }) => name).join(" | ")}]… ` +
    `[--engine ${ENGINES.join("|")}] [--layout ${LAYOUTS.join("|")}] [--data DIR] ` +
    "[--seconds N] [--runs N] [--server-http URL [--password P]]";
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 3600) return number;
  throw new UsageError(`--${name} "${text}" is not allowed; allowed: a number up to 3600`);
}

function oneOf<T extends string>(name: string, text: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(`--${name} "${text}" is not allowed; allowed: ${allowed.join(", ")}`);
}

function parseOrExplain(args: readonly string[], all: readonly Scenario[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        "engine": { type: "string", default: "sqlite" },
        "layout": { type: "string", default: "all-in-one" },
        "data": { type: "string" },
        "seconds": { type: "string", default: "5" },
        "runs": { type: "string", default: "3" },
        "server-http": { type: "string" },
        "password": { type: "string", default: DEFAULT_PASSWORD },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}. ${usage(all)}`);
  }
}
