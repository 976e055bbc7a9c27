/** The command line of `deno task chat`. */
import { parseArgs } from "node:util";
import type { ConnectTls } from "../../netlib/mod.ts";

export const DEFAULT_SERVER = "http://127.0.0.1:8080";
export const PASSWORD_VARIABLE = "TEAMTALK_PASSWORD";

export const USAGE = `Usage: deno task chat --user NAME [options]

Talks to other users of a TeamTalk server from the terminal.

  -u, --user NAME       name to log in with
  -p, --password TEXT   password, which others on this machine can then see;
                        else ${PASSWORD_VARIABLE}, else it is asked for
  -s, --server URL      login server, ${DEFAULT_SERVER} when absent
      --tls             encrypt what is said to the msg_server; its certificate has to be for
                        the address that the login server tells
      --tls-name NAME   the same, with a certificate for this name
      --ca FILE         certificates of authorities to believe, in PEM form
  -h, --help            this text

Lines from a pipe are run one after the other, for example
  printf '/open bob\\nhello\\n/quit\\n' | deno task chat --user ann --password secret
and the exit code is 1 when one of them failed. NO_COLOR=1 switches colours off.`;

export interface ChatArgs {
  readonly server: string;
  readonly user: string;
  readonly password: string | null;
  /** `null`: plain TCP. */
  readonly tls: ConnectTls | null;
  /** Authorities to believe besides those that the runtime knows. */
  readonly caFile: string | null;
}

/** A command line that cannot be used; the message says why. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** `null` when help is asked for. @throws {UsageError} */
export function parseChatArgs(args: readonly string[]): ChatArgs | null {
  const values = parse(args);
  if (values.help === true) return null;
  if (values.user === undefined || values.user === "") throw new UsageError("--user is missing");
  const server = values.server ?? DEFAULT_SERVER;
  if (!URL.canParse(server) || !/^https?:$/.test(new URL(server).protocol)) {
    throw new UsageError(`--server=${server} is no URL such as ${DEFAULT_SERVER}`);
  }
  const { user, password = null, ca: caFile = null, "tls-name": serverName = null } = values;
  const wantsTls = values.tls === true || serverName !== null;
  const tls = wantsTls ? { caFile, serverName, certFile: null, keyFile: null } : null;
  if (caFile !== null && tls === null && !server.startsWith("https:")) {
    throw new UsageError("--ca is of use with --tls, or a --server that is https://");
  }
  return { server, user, password, tls, caFile };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        user: { type: "string", short: "u" },
        password: { type: "string", short: "p" },
        server: { type: "string", short: "s" },
        tls: { type: "boolean" },
        "tls-name": { type: "string" },
        ca: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}
