/**
 * Clients that ask over HTTP where to log in (docs/spec/roles.md 3.4). The body is, byte for byte,
 * what the original's JSON library prints: keys in order, three spaces, a blank before the colon.
 */
import type { LookupAnswer } from "../../../shared/netlib/mod.ts";
import { STYLED_JSON_TYPE, styledJson, type StyledValues } from "../../../shared/styled_json.ts";
import type { LoginContext } from "../context.ts";

const REFUSALS = {
  none_registered: { code: 1, msg: "没有msg_server" },
  all_full: { code: 2, msg: "负载过高" },
} as const;

/** Any method, and any path that starts with `/msg_server`, as in the original. */
export function httpLookup(path: string, context: LoginContext): LookupAnswer {
  if (!path.startsWith("/msg_server")) {
    return answer(404, { code: 404, msg: "not found" });
  }
  const { config, table, clock } = context;
  const assigned = table.assign(clock.elapsedMs());
  if (!assigned.ok) return answer(200, REFUSALS[assigned.refusal]);
  const { ip1, ip2, port, tls_port } = assigned.value;
  return answer(200, {
    backupIP: ip2,
    code: 0,
    discovery: config.discovery,
    msfsBackup: config.msfs,
    msfsPrior: config.msfs,
    msg: "",
    port: String(port), // COMPAT: clients expect text here (Q-PORTTXT).
    priorIP: ip1,
    // Not in the original; clients that do not know it take no notice.
    ...(tls_port === undefined ? {} : { tlsPort: String(tls_port) }),
  });
}

function answer(status: LookupAnswer["status"], values: StyledValues): LookupAnswer {
  return { status, contentType: STYLED_JSON_TYPE, body: styledJson(values) };
}
