/** Clients that ask over TCP where to log in (docs/spec/roles.md 3.5). */
import {
  type IMMsgServReq,
  type IMMsgServRspInit,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_MSG_SERVER,
  REFUSE_REASON_NONE,
} from "../../../proto/mod.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import type { LoginCaller } from "../context.ts";

const RESULT_CODES = {
  none_registered: REFUSE_REASON_NO_MSG_SERVER,
  all_full: REFUSE_REASON_MSG_SERVER_FULL,
} as const;

/**
 * CID_LOGIN_REQ_MSGSERVER, answered by CID_LOGIN_RES_MSGSERVER as the original meant to: there the
 * port accepts and stays silent (docs/spec/pitfalls.md P-LB1).
 */
export function msgServer({ from }: Call<LoginCaller>, _request: IMMsgServReq): IMMsgServRspInit {
  const { table, clock } = from.context;
  const assigned = table.assign(clock.elapsedMs());
  if (!assigned.ok) return { result_code: RESULT_CODES[assigned.refusal] };
  const { ip1, ip2, port, tls_port } = assigned.value;
  return { result_code: REFUSE_REASON_NONE, prior_ip: ip1, backip_ip: ip2, port, tls_port };
}
