/**
 * Finding a msg_server over the login_server's TCP port: 0x0101, 0x0102 (docs/spec/roles.md 3.5).
 */
import {
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  IMMsgServReq,
  IMMsgServRsp,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_MSG_SERVER,
  REFUSE_REASON_NONE,
} from "../../proto/mod.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Address, ConnectTls, Network } from "../netlib/mod.ts";
import { ok, refused, type Result } from "../result.ts";
import { Connection } from "./connection.ts";
import { LookupError, type LookupRefusal } from "./errors.ts";
import { type MsgServer, REQUEST_TIMEOUT_MS } from "./options.ts";

export interface TcpLookupOptions {
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Speaks TLS with the login_server; absent: plain TCP. */
  readonly tls?: ConnectTls;
}

/**
 * Asks the login_server at `address`.
 * @throws {ConnectionLostError} when it cannot be reached or closes without an answer
 * @throws {DeadlineError} when it is silent
 * @throws {LookupError} when its answer makes no sense
 */
export async function lookupOverTcp(
  network: Network,
  address: Address,
  options: TcpLookupOptions = {},
): Promise<Result<MsgServer, LookupRefusal>> {
  const connection = new Connection({
    network,
    address,
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    clock: options.clock ?? systemClock,
    timeoutMs: options.timeoutMs ?? REQUEST_TIMEOUT_MS,
  });
  const abort = (): void => connection.close("aborted");
  options.signal?.addEventListener("abort", abort);
  if (options.signal?.aborted === true) abort();
  try {
    await connection.opened;
    const answer = await connection.request({
      id: CID_LOGIN_REQ_MSGSERVER,
      request: IMMsgServReq,
      replyId: CID_LOGIN_RES_MSGSERVER,
      reply: IMMsgServRsp,
    }, {});
    return resultOf(answer);
  } finally {
    options.signal?.removeEventListener("abort", abort);
    connection.close("answered");
    await connection.closed;
  }
}

function resultOf(answer: IMMsgServRsp): Result<MsgServer, LookupRefusal> {
  const { result_code, prior_ip, backip_ip, port, tls_port } = answer;
  if (result_code === REFUSE_REASON_NO_MSG_SERVER) return refused("no_msg_server");
  if (result_code === REFUSE_REASON_MSG_SERVER_FULL) return refused("msg_servers_full");
  if (result_code !== REFUSE_REASON_NONE || !prior_ip || !port || port > 65535) {
    throw new LookupError("Cannot use the login_server's answer: it names no address");
  }
  return ok({
    priorIp: prior_ip,
    backupIp: backip_ip || prior_ip,
    port,
    ...(tls_port !== undefined && tls_port <= 65535 ? { tlsPort: tls_port } : {}),
  });
}
