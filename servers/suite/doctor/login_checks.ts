/** What login_server tells clients, over both of its ports. */
import { lookupOverHttp, lookupOverTcp, type MsgServer } from "../../../shared/client/mod.ts";
import type { LookupRefusal } from "../../../shared/client/errors.ts";
import { type Address, formatAddress } from "../../../shared/netlib/mod.ts";
import type { Result } from "../../../shared/result.ts";
import { CHECK_LIMIT_MS, type CheckDeps } from "./context.ts";
import { reasonOf } from "./reason.ts";
import type { Report } from "./report.ts";

export interface LoginServer {
  /** For example `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly tcp: Address;
  /** `known` from a configuration, or `assumed` because only the URL was given. */
  readonly tcpPort: "known" | "assumed";
}

const REFUSALS: Readonly<Record<LookupRefusal, { problem: string; remedy: string }>> = {
  no_msg_server: {
    problem: "no msg_server is registered",
    remedy: "is one running? Its LoginServerIP1 and LoginServerPort1 in conf/msgserver.conf must " +
      "name MsgServerListenIP and MsgServerPort of conf/loginserver.conf",
  },
  msg_servers_full: {
    problem: "every msg_server is full",
    remedy: "raise MaxConnCnt in conf/msgserver.conf or start another msg_server",
  },
};

/** The address clients are told over HTTP, which is how most of them ask; `null`: none. */
export async function checkHttpLookup(
  { url }: LoginServer,
  { fetch, clock, report }: CheckDeps,
): Promise<MsgServer | null> {
  const what = `login_server ${url} (HTTP)`;
  try {
    const options = { fetch, clock, timeoutMs: CHECK_LIMIT_MS };
    return told(what, await lookupOverHttp(url, options), report);
  } catch (error) {
    report.fail(
      `${what}: ${reasonOf(error)}`,
      "is it running (deno task start)? See HttpListenIP and HttpPort in conf/loginserver.conf, " +
        "--server and --port-offset of this command, and firewalls",
    );
    return null;
  }
}

/** The same over TCP; clients that use it are few, so an assumed port only warns. */
export async function checkTcpLookup(
  { tcp, tcpPort }: LoginServer,
  { network, clock, report }: CheckDeps,
): Promise<MsgServer | null> {
  const what = `login_server ${formatAddress(tcp)} (TCP)`;
  try {
    const options = { clock, timeoutMs: CHECK_LIMIT_MS };
    return told(what, await lookupOverTcp(network, tcp, options), report);
  } catch (error) {
    const problem = `${what}: ${reasonOf(error)}`;
    const remedy = "see ClientListenIP and ClientPort in conf/loginserver.conf, and firewalls";
    if (tcpPort === "known") report.fail(problem, remedy);
    else report.warn(problem, `the port is assumed; ${remedy}`);
    return null;
  }
}

function told(
  what: string,
  answer: Result<MsgServer, LookupRefusal>,
  report: Report,
): MsgServer | null {
  if (!answer.ok) {
    const { problem, remedy } = REFUSALS[answer.refusal];
    report.fail(`${what}: ${problem}`, remedy);
    return null;
  }
  const { priorIp, backupIp, port } = answer.value;
  const backup = backupIp === priorIp ? "" : `, or else ${backupIp}`;
  report.ok(`${what} tells clients ${formatAddress({ host: priorIp, port })}${backup}`);
  return answer.value;
}
