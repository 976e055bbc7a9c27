/** The command line of `deno task migrate`. */
import { parseArgs } from "node:util";
import { ConfigError } from "../../../shared/config/mod.ts";

/**
 * `show` changes nothing; `apply` makes what is missing; `create` also makes the database and the
 * original's tables.
 */
export type MigrateMode = "show" | "apply" | "create";

const ALLOWED = "--apply or --create, and --conf DIR";

/** @throws {ConfigError} for what it does not understand */
export function parseMigrateOptions(args: readonly string[]): MigrateMode {
  const { apply = false, create = false } = parseOrExplain(args);
  if (create) return "create";
  return apply ? "apply" : "show";
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        apply: { type: "boolean" },
        create: { type: "boolean" },
        conf: { type: "string" },
      },
    }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(
      /\.?(?: To |\n)/,
    );
    throw new ConfigError([`${reason}. Allowed: ${ALLOWED}`]);
  }
}
