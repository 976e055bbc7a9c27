/** The command line of the all-in-one suite. */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError, type ConfigSource } from "../../shared/config/mod.ts";

export interface SuiteOptions {
  /** Added to every port, so that several suites fit on one machine. */
  readonly portOffset: number;
  /** Replaces the folder of everything that is stored. */
  readonly dataDir: string | null;
  /** Replaces the addresses that clients are told. */
  readonly publicIp: string | null;
}

const MAX_PORT_OFFSET = 50_000;
/** Addresses to listen on, but not to connect to. */
const UNREACHABLE_IPS: readonly string[] = ["0.0.0.0", "::"];

/** Reads the command line of the suite. @throws {ConfigError} for what it does not understand */
export function parseSuiteOptions(args: readonly string[]): SuiteOptions {
  const { values } = parseOrExplain(args);
  const portOffset = Number(values["port-offset"] ?? "0");
  if (!Number.isInteger(portOffset) || portOffset < 0 || portOffset > MAX_PORT_OFFSET) {
    throw new ConfigError([
      `--port-offset "${values["port-offset"]}" is not allowed; ` +
      `allowed: a whole number from 0 to ${MAX_PORT_OFFSET}`,
    ]);
  }
  for (const [name, value] of Object.entries({ "--data": values.data, "--ip": values.ip })) {
    if (value === "") throw new ConfigError([`${name} "" is not allowed; allowed: a value`]);
  }
  if (values.ip !== undefined && UNREACHABLE_IPS.includes(values.ip)) {
    throw new ConfigError([
      `--ip "${values.ip}" is not allowed; allowed: an address that clients can connect to`,
    ]);
  }
  return { portOffset, dataDir: values.data ?? null, publicIp: values.ip ?? null };
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "conf": { type: "string" },
        "data": { type: "string" },
        "ip": { type: "string" },
        "port-offset": { type: "string" },
      },
    });
  } catch (error) {
    // For some mistakes the first line is followed by a paragraph of advice.
    const [reason] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new ConfigError([
      `${
        reason?.replace(/\.$/, "")
      }. Allowed: --conf DIR, --data DIR, --ip ADDRESS, --port-offset N`,
    ]);
  }
}

/** The command line is stronger than files and environment, so it becomes the latter. */
export function sourceWithOptions(source: ConfigSource, options: SuiteOptions): ConfigSource {
  const env: Record<string, string> = { ...source.env };
  if (options.dataDir !== null) {
    env.TEAMTALK_DBPROXYSERVER_DATADIR = options.dataDir;
    env.TEAMTALK_FILESERVER_STOREDIR = join(options.dataDir, "offline_file");
    env.TEAMTALK_MSFS_BASEDIR = join(options.dataDir, "msfs");
  }
  if (options.publicIp !== null) {
    env.TEAMTALK_MSGSERVER_IPADDR1 = options.publicIp;
    env.TEAMTALK_MSGSERVER_IPADDR2 = options.publicIp;
    env.TEAMTALK_FILESERVER_PUBLICIP = options.publicIp;
  }
  return { ...source, env };
}
