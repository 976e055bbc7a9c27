/** The command line of `deno task doctor`. */
import { parseArgs } from "node:util";
import { ConfigError } from "../../../shared/config/mod.ts";
import { parseSuiteOptions, type SuiteOptions } from "../options.ts";

export interface DoctorOptions {
  /** URL of the login_server to ask; `null`: the one of the configuration. */
  readonly server: URL | null;
  readonly hasConf: boolean;
  /** Authorities to believe at TLS ports; `null`: those that the runtime knows. */
  readonly caFile: string | null;
  readonly suite: SuiteOptions;
}

const ALLOWED = "--server URL, --conf DIR, --data DIR, --port-offset N, --ca FILE";

/** @throws {ConfigError} for what it does not understand */
export function parseDoctorOptions(args: readonly string[]): DoctorOptions {
  const { server, conf, ca: caFile = null, ...suite } = parseOrExplain(args);
  return {
    server: server === undefined ? null : serverUrl(server),
    hasConf: conf !== undefined,
    caFile,
    suite: parseSuiteOptions(Object.entries(suite).map(([name, value]) => `--${name}=${value}`)),
  };
}

function serverUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw new ConfigError([
    `--server ${JSON.stringify(text)} is not allowed; allowed: a URL like http://127.0.0.1:8080`,
  ]);
}

function parseOrExplain(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "server": { type: "string" },
        "conf": { type: "string" },
        "data": { type: "string" },
        "port-offset": { type: "string" },
        "ca": { type: "string" },
      },
    }).values;
  } catch (error) {
    const [reason] = (error instanceof Error ? error.message : String(error)).split(
      /\.?(?: To |\n)/,
    );
    throw new ConfigError([`${reason}. Allowed: ${ALLOWED}`]);
  }
}
