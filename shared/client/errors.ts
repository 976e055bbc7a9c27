/** What a caller of the client library can meet besides an answer. */
import type { ClientFileState, ResultType } from "../../proto/mod.ts";

/** The msg_server said no: wrong password, locked out, or it lacks a server behind it. */
export class LoginRefusedError extends Error {
  override readonly name = "LoginRefusedError";
  readonly resultCode: ResultType;
  /** Text for the user, in the server's language; may be empty. */
  readonly resultString: string;

  constructor(resultCode: ResultType, resultString: string) {
    super(`Cannot log in: refused with result ${resultCode} ${resultString}`.trimEnd());
    this.resultCode = resultCode;
    this.resultString = resultString;
  }
}

export type LookupRefusal = "no_msg_server" | "msg_servers_full";

/** The login_server has no msg_server to offer. */
export class LookupRefusedError extends Error {
  override readonly name = "LookupRefusedError";
  readonly refusal: LookupRefusal;

  constructor(refusal: LookupRefusal) {
    super(
      refusal === "no_msg_server"
        ? "Cannot find a msg_server: none is running"
        : "Cannot find a msg_server: all are full",
    );
    this.refusal = refusal;
  }
}

/** The login_server could not be asked, or what it said makes no sense. */
export class LookupError extends Error {
  override readonly name = "LookupError";
}

/** The link failed before or during what was asked for, or there is none at the moment. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";
}

/** No answer, or no push, within the deadline. The protocol has no negative ack for a message. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
}

/** A limit of the client itself was reached; nothing was sent. */
export class ClientLimitError extends Error {
  override readonly name = "ClientLimitError";
}

/** The file_server does not let this user do that, or cannot: trying again will not help. */
export class FileRefusedError extends Error {
  override readonly name = "FileRefusedError";
  /** 1 for a login; a FileServerError number for a pull. */
  readonly resultCode: number;

  constructor(what: "login" | "pull", resultCode: number) {
    super(`Cannot transfer the file: ${what} refused with result ${resultCode}`);
    this.resultCode = resultCode;
  }
}

/** The other side, or the file_server, has ended the transfer (CLIENT_FILE_CANCEL, _REFUSE). */
export class FileEndedError extends Error {
  override readonly name = "FileEndedError";
  readonly state: ClientFileState;

  constructor(state: ClientFileState) {
    super(`Cannot transfer the file: ended by the other side with state ${state}`);
    this.state = state;
  }
}
