/**
 * From nothing to a logged-in connection: lookup, connect, 0x0103, 0x0104 (docs/spec/flows.md 2).
 */
import {
  CID_LOGIN_REQ_USERLOGIN,
  CID_LOGIN_RES_USERLOGIN,
  IMLoginReq,
  type IMLoginReqInit,
  IMLoginRes,
  ProtocolError,
  REFUSE_REASON_NONE,
  USER_STATUS_ONLINE,
  type UserInfo,
} from "../../proto/mod.ts";
import type { Address } from "../netlib/mod.ts";
import { md5Hex } from "../password.ts";
import type { Connection } from "./connection.ts";
import { withinDeadline } from "./deadline.ts";
import { LoginRefusedError, LookupError, LookupRefusedError } from "./errors.ts";
import { type ConnectOptions, REQUEST_TIMEOUT_MS } from "./options.ts";

/**
 * The addresses to try, in order.
 * @throws {LookupError} also when TLS is wanted and the msg_server has no port for it
 */
export async function serverAddresses(
  options: ConnectOptions,
  outer: AbortSignal,
): Promise<readonly Address[]> {
  const { server, clock } = options;
  if (typeof server !== "function") return [server];
  const limitMs = options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS;
  const found = await withinDeadline(server, { clock, limitMs, what: "msg_server", outer });
  if (!found.ok) throw new LookupRefusedError(found.refusal);
  const { priorIp, backupIp, tlsPort } = found.value;
  const port = options.tls === undefined ? found.value.port : tlsPort;
  if (port === undefined) throw new LookupError("Cannot use the msg_server: it speaks no TLS");
  const prior = { host: priorIp, port };
  return backupIp === priorIp ? [prior] : [prior, { host: backupIp, port }];
}

/**
 * Opens a connection to the first address that can be reached.
 * @throws {ConnectionLostError} the last failure, when none can
 */
export async function openFirst(
  addresses: readonly Address[],
  open: (address: Address) => Connection,
): Promise<Connection> {
  let failure: unknown = null;
  for (const address of addresses) {
    const connection = open(address);
    try {
      await connection.opened;
      return connection;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

export interface LoggedIn {
  readonly serverTime: number;
  readonly userInfo: UserInfo;
}

/**
 * Logs in on an open connection. `accept` is called in the turn of the answer, before the pushes
 * that follow it.
 * @throws {LoginRefusedError} when the server says no
 */
export async function logIn(
  connection: Connection,
  options: ConnectOptions,
  accept: (loggedIn: LoggedIn) => void,
): Promise<void> {
  await connection.request(
    {
      id: CID_LOGIN_REQ_USERLOGIN,
      request: IMLoginReq,
      replyId: CID_LOGIN_RES_USERLOGIN,
      reply: IMLoginRes,
    },
    loginRequest(options),
    (answer) => {
      if (answer.result_code !== REFUSE_REASON_NONE) {
        throw new LoginRefusedError(answer.result_code, answer.result_string ?? "");
      }
      if (answer.user_info === undefined) {
        throw new ProtocolError("Cannot log in: the answer names no user");
      }
      accept({ serverTime: answer.server_time, userInfo: answer.user_info });
    },
  );
}

function loginRequest(options: ConnectOptions): IMLoginReqInit {
  return {
    user_name: options.userName,
    password: options.passwordHash ?? md5Hex(options.password),
    online_status: options.onlineStatus ?? USER_STATUS_ONLINE,
    client_type: options.clientType,
    client_version: options.clientVersion,
  };
}
