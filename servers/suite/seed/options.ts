/** The command line of `deno task seed`. */
import { parseArgs } from "node:util";
import { ConfigError } from "../../../shared/config/mod.ts";

export interface SeedOptions {
  /** Replaces `DataDir`. */
  readonly dataDir: string | null;
  readonly what:
    | { readonly kind: "fixture"; readonly file: string }
    | {
      readonly kind: "demo";
      readonly users: number;
      readonly groups: number;
      readonly members: number;
      /** `null`: a random one is made. */
      readonly password: string | null;
    };
}

/** A million users are 250 MB and half a minute; more is not demo data. */
const MAX_USERS = 1_000_000;
const MAX_GROUPS = 100_000;
const MAX_MEMBERSHIPS = 10_000_000;

const ALLOWED = "--users N [--groups G] [--members M] [--password P], or --fixture FILE; " +
  "with both: --conf DIR, --data DIR";

const DEMO_OPTIONS = ["users", "groups", "members", "password"] as const;

/** @throws {ConfigError} for what it does not understand */
export function parseSeedOptions(args: readonly string[]): SeedOptions {
  const values = parseOrExplain(args);
  const dataDir = values.data ?? null;
  if (dataDir === "") throw new ConfigError(["--data has no value; allowed: a directory"]);
  if (values.fixture !== undefined) {
    const extra = DEMO_OPTIONS.find((name) => values[name] !== undefined);
    if (extra !== undefined) {
      throw new ConfigError([`--fixture says all about users and groups; leave out --${extra}`]);
    }
    return { dataDir, what: { kind: "fixture", file: values.fixture } };
  }
  if (values.users === undefined) {
    throw new ConfigError([`Nothing to seed. Allowed: ${ALLOWED}`]);
  }
  if (values.password === "") throw new ConfigError(["--password is empty"]);
  const users = count("users", values.users, MAX_USERS);
  const groups = count("groups", values.groups ?? "0", MAX_GROUPS);
  // Without --members a group holds everybody.
  const members = values.members === undefined
    ? users
    : count("members", values.members, MAX_USERS);
  const memberships = groups * Math.min(members, users);
  if (groups > 0 && memberships === 0) {
    throw new ConfigError(["--groups needs --users and --members"]);
  }
  if (memberships > MAX_MEMBERSHIPS) {
    throw new ConfigError([
      `${groups} groups with ${Math.min(members, users)} members are ${memberships} memberships; ` +
      `allowed: ${MAX_MEMBERSHIPS}`,
    ]);
  }
  return {
    dataDir,
    what: { kind: "demo", users, groups, members, password: values.password ?? null },
  };
}

function count(name: string, text: string, max: number): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (number >= 0 && number <= max) return number;
  throw new ConfigError([
    `--${name} ${JSON.stringify(text)} is not allowed; allowed: a whole number from 0 to ${max}`,
  ]);
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        users: { type: "string" },
        groups: { type: "string" },
        members: { type: "string" },
        password: { type: "string" },
        fixture: { type: "string" },
        conf: { type: "string" },
        data: { type: "string" },
      },
    }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(
      /\.?(?: To |\n)/,
    );
    throw new ConfigError([`${reason}. Allowed: ${ALLOWED}`]);
  }
}
