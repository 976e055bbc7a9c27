/**
 * Commands as data. A role's `commands.ts` is a table of these; the gate (`dispatcher.ts`) does
 * everything that is the same for all of them, so that a handler is one function from a decoded
 * request to a response.
 */
import { ProtocolError } from "../../proto/mod.ts";
import { FieldError } from "../pdu/fields.ts";
import { bodyOf, buildFrame } from "../pdu/header.ts";

/** Who may send a command: anybody, a client that has logged in, or a server on its own port. */
export type Auth = "none" | "user" | "peer";

/** Where a PDU came from and where its answer goes. Each role has its own kind. */
export interface Caller {
  /** The rights of this caller now. */
  readonly auth: Auth;
  /** Sends a frame back to where the request came from. */
  reply(frame: Uint8Array): void;
}

/** One PDU on its way through a handler. */
export interface Call<C> {
  readonly from: C;
  /** Of the request; an answer carries the same (docs/spec/wire.md 1.1). */
  readonly seqNum: number;
  /** The whole PDU, for handlers that relay it. */
  readonly frame: Uint8Array;
}

/** Facts of a command for tables and documents. */
export interface CommandFacts {
  readonly id: number;
  readonly auth: Auth;
  /** Message type of the request; `null` when the frame is relayed without being decoded. */
  readonly request: string | null;
  /** Command that answers it, by the handler or later; `null` for a one-way notice. */
  readonly answer: number | null;
  /** Name of the handling function. */
  readonly handler: string;
}

export interface Command<C extends Caller> extends CommandFacts {
  /**
   * Decodes, runs and encodes. Resolves to the answering frame, or `null` for none.
   * @throws {ProtocolError} when the body does not decode; the handler is then not run
   */
  readonly run: (call: Call<C>) => Uint8Array | null | Promise<Uint8Array | null>;
}

/** A message type with its codec; `Init` is what the codec accepts for encoding. */
export interface Reply<Init> {
  readonly id: number;
  readonly codec: { readonly encode: (message: Init) => Uint8Array };
}

export interface CommandDefinition<C extends Caller, Request, Response> {
  readonly id: number;
  readonly auth: Auth;
  readonly request: { readonly name: string; readonly decode: (body: Uint8Array) => Request };
  /** `null` marks a one-way notice. */
  readonly reply: Reply<Response> | null;
  /** A `null` response sends nothing; what then happens is said in the handler's docstring. */
  readonly handle: (call: Call<C>, request: Request) => Answer<Response>;
  /**
   * The answer when the handler threw or rejected, usually because of its environment (storage,
   * peer); absent = none. Not for a malformed request, which is dropped.
   * Only for protocols that have a failure answer (docs/spec/flows.md 24).
   */
  readonly onFailure?: (request: Request) => Response;
}

export type Answer<Response> = Response | null | Promise<Response | null>;

/** A command whose handler gets the decoded request and returns the response. */
export function command<C extends Caller, Request, Response>(
  definition: CommandDefinition<C, Request, Response>,
): Command<C> {
  const { request, reply, handle, onFailure } = definition;
  const encode = (call: Call<C>, response: Response | null): Uint8Array | null =>
    response === null || reply === null
      ? null
      : buildFrame(reply.id, call.seqNum, reply.codec.encode(response));
  return {
    id: definition.id,
    auth: definition.auth,
    request: request.name,
    answer: reply?.id ?? null,
    handler: handle.name,
    run(call) {
      const message = request.decode(bodyOf(call.frame));
      const failed = (error: unknown): never => {
        if (onFailure === undefined || isMalformed(error)) throw error;
        throw new FailedCommand(error, encode(call, onFailure(message)));
      };
      let answer: Answer<Response>;
      try {
        answer = handle(call, message);
      } catch (error) {
        return failed(error);
      }
      if (!(answer instanceof Promise)) return encode(call, answer);
      return answer.then((response) => encode(call, response), failed);
    },
  };
}

/** Whether an error says that the request was malformed, for instance in a nested message. */
export function isMalformed(error: unknown): error is ProtocolError | FieldError {
  return error instanceof ProtocolError || error instanceof FieldError;
}

/** A command that is relayed by its header; the handler reads from the frame what it needs. */
export function relayCommand<C extends Caller>(definition: {
  readonly id: number;
  readonly auth: Auth;
  readonly answer?: number;
  readonly handle: (call: Call<C>) => void;
}): Command<C> {
  return {
    id: definition.id,
    auth: definition.auth,
    request: null,
    answer: definition.answer ?? null,
    handler: definition.handle.name,
    run(call) {
      definition.handle(call);
      return null;
    },
  };
}

/** A handler failed, and the protocol has an answer that says so. The gate logs and sends it. */
export class FailedCommand extends Error {
  override readonly name = "FailedCommand";
  readonly answer: Uint8Array | null;

  constructor(cause: unknown, answer: Uint8Array | null) {
    super("the command failed", { cause });
    this.answer = answer;
  }
}
