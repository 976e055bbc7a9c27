/** The command line of `deno task bench`. */
import { parseArgs } from "node:util";
import { type EngineName, ENGINES } from "./place/place.ts";
import type { Scenario, Sizes } from "./scenario.ts";
import { type LayoutName, LAYOUTS } from "./suite/start_suite.ts";

export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  readonly engine: EngineName;
  readonly layout: LayoutName;
  /** Folder of data that stays; `null`: made for each scenario. */
  readonly dataDir: string | null;
  /** Users and stored messages there are at least, even if the scenario needs fewer. */
  readonly users: number;
  readonly messages: number;
  readonly sizes: Sizes;
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

export interface Scenarios {
  readonly all: readonly Scenario[];
  /** Run alone, when `--<name>` says so. */
  readonly long: readonly Scenario[];
}

/** @throws {UsageError} for what it does not understand */
export function parseBenchOptions(
  args: readonly string[],
  { all, long }: Scenarios,
): BenchOptions {
  const { values, positionals } = parseOrExplain(args, all);
  const longOnes = long.filter(({ name }) => values[name as "capacity" | "soak"]);
  const unknown = positionals.find((name) => !all.some((scenario) => scenario.name === name));
  if (unknown !== undefined) throw new UsageError(`No scenario "${unknown}". ${usage(all)}`);
  if (longOnes.length > 0 && longOnes.length + positionals.length > 1) {
    throw new UsageError(`--${longOnes[0]!.name} takes no other scenario. ${usage(all)}`);
  }
  const serverHttp = values["server-http"] ?? null;
  if (serverHttp !== null && !URL.canParse(serverHttp)) {
    throw new UsageError(`--server-http "${serverHttp}" is no URL. ${usage(all)}`);
  }
  const layout = oneOf("layout", values.layout, LAYOUTS);
  return {
    scenarios: longOnes.length > 0 ? longOnes : chosen(positionals, all),
    engine: oneOf("engine", values.engine, ENGINES),
    layout,
    dataDir: values.data ?? null,
    users: count("users", values.users ?? "1"),
    messages: values.messages === undefined ? 0 : count("messages", values.messages),
    sizes: {
      layout,
      connections: optionalCount("connections", values.connections),
      groupSize: optionalCount("group-size", values["group-size"]),
      rate: optionalCount("rate", values.rate),
    },
    seconds: values.minutes === undefined
      ? positive("seconds", values.seconds)
      : 60 * positive("minutes", values.minutes),
    runs: Math.ceil(positive("runs", values.runs)),
    serverHttp,
    password: values.password,
  };
}

function chosen(names: readonly string[], all: readonly Scenario[]): readonly Scenario[] {
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

function usage(all: readonly Scenario[]): string {
  return `Allowed: [${all.map(({ name }) => name).join(" | ")}]… ` +
    `[--engine ${ENGINES.join("|")}] [--layout ${LAYOUTS.join("|")}] [--data DIR] ` +
    "[--users N] [--messages N] [--connections N] [--group-size N] [--capacity | --soak [--rate N]] " +
    "[--seconds N | --minutes N] [--runs N] [--server-http URL [--password P]]";
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && number <= 3600) return number;
  throw new UsageError(`--${name} "${text}" is not allowed; allowed: a number up to 3600`);
}

const MOST = 100_000_000;

function count(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= MOST) return number;
  throw new UsageError(
    `--${name} "${text}" is not allowed; allowed: a whole number from 1 to ${MOST}`,
  );
}

function optionalCount(name: string, text: string | undefined): number | null {
  return text === undefined ? null : count(name, text);
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
        "users": { type: "string" },
        "messages": { type: "string" },
        "connections": { type: "string" },
        "group-size": { type: "string" },
        "capacity": { type: "boolean", default: false },
        "soak": { type: "boolean", default: false },
        "rate": { type: "string" },
        "minutes": { type: "string" },
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
