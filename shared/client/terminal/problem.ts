/** Errors as sentences for the user. */
import {
  REFUSE_REASON_DB_VALIDATE_FAILED,
  REFUSE_REASON_MSG_SERVER_FULL,
  REFUSE_REASON_NO_DB_SERVER,
  REFUSE_REASON_NO_LOGIN_SERVER,
  REFUSE_REASON_NO_MSG_SERVER,
  REFUSE_REASON_NO_ROUTE_SERVER,
  REFUSE_REASON_VERSION_TOO_OLD,
  type ResultType,
} from "../../../proto/mod.ts";
import {
  ClientLimitError,
  ConnectionLostError,
  DeadlineError,
  LoginRefusedError,
  LookupError,
  LookupRefusedError,
} from "../mod.ts";
import { escapeLine } from "./escape.ts";

/** A command that cannot be run as it was typed; the message says why. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

const REFUSALS: Readonly<Partial<Record<ResultType, string>>> = {
  [REFUSE_REASON_NO_MSG_SERVER]: "no message server is running",
  [REFUSE_REASON_MSG_SERVER_FULL]: "all message servers are full",
  [REFUSE_REASON_NO_DB_SERVER]: "the message server has no db_proxy_server",
  [REFUSE_REASON_NO_LOGIN_SERVER]: "the message server has no login_server",
  [REFUSE_REASON_NO_ROUTE_SERVER]: "the message server has no route_server",
  [REFUSE_REASON_DB_VALIDATE_FAILED]: "wrong name or password, or too many failures before",
  [REFUSE_REASON_VERSION_TOO_OLD]: "this client is too old",
};

/** Why the chat could not begin. `null` for an error that is a bug. */
export function loginProblem(error: unknown): string | null {
  if (error instanceof LoginRefusedError) {
    const reason = REFUSALS[error.resultCode] ?? `result ${error.resultCode}`;
    const told = error.resultString === "" ? "" : ` (${escapeLine(error.resultString)})`;
    return `The login was refused: ${reason}${told}`;
  }
  const isUnreachable = error instanceof LookupError || error instanceof LookupRefusedError ||
    error instanceof ConnectionLostError || error instanceof DeadlineError;
  return isUnreachable ? `The server cannot be reached: ${escapeLine(error.message)}` : null;
}

/** Why a command failed. `null` for an error that is a bug. */
export function commandProblem(error: unknown): string | null {
  if (error instanceof CommandError || error instanceof ClientLimitError) return error.message;
  if (error instanceof DeadlineError) return "The server did not answer in time";
  if (error instanceof ConnectionLostError) return "There is no connection to the server now";
  return null;
}
