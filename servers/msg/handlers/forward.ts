/**
 * Requests that msg_server hands to db_proxy and whose answers it hands back (docs/spec/flows.md 1).
 * On the way there the user id becomes that of the connection and attach_data names the connection;
 * on the way back attach_data is taken out without decoding the answer, which may be large.
 */
import { CLIENT_TYPE_ANDROID } from "../../../proto/mod.ts";
import { type Command, command } from "../../../shared/dispatch/mod.ts";
import {
  ATTACH_TYPE_HANDLE,
  ATTACH_TYPE_HANDLE_AND_PDU,
  bodyOf,
  buildFrame,
  commandIdOf,
  decodeAttach,
  encodeDbAttach,
  encodePduAttach,
  type FieldSpan,
  scanFields,
  uint32Value,
  withoutField,
} from "../../../shared/pdu/mod.ts";
import { splitForAndroid } from "../android_split.ts";
import type { DbGroup } from "../links/db_links.ts";
import type { ClientCall, MsgServices, PeerCall } from "../services.ts";
import type { ClientConn } from "../state/client_conn.ts";

/** Fields that every forwarded request has; msg_server sets both. */
interface ForwardedRequest {
  user_id: number;
  attach_data?: Uint8Array;
}

interface ForwardDefinition<Request extends ForwardedRequest, Response> {
  readonly id: number;
  readonly request: {
    readonly name: string;
    readonly encode: (message: Request) => Uint8Array;
    readonly decode: (body: Uint8Array) => Request;
  };
  readonly answer: {
    readonly id: number;
    readonly codec: { readonly encode: (message: Response) => Uint8Array };
  };
  /** Which db_proxy_servers the request prefers (docs/spec/roles.md 4.4). */
  readonly group: DbGroup;
  /** Layout of attach_data; the original differs per command (docs/spec/wire.md 8). */
  readonly attach?: "db" | "pdu";
  /** Body that msg_server wants to find in the answer again ({@link RawAnswer.attachPdu}). */
  readonly remember?: (request: Request) => Uint8Array;
  /** What the client gets while no db_proxy is connected (docs/spec/pitfalls.md, part 3). */
  readonly withoutDb: (request: Request) => Response;
  /** Looks at the request first; a response given here is sent instead of forwarding. */
  readonly before?: (call: ClientCall, request: Request) => Response | null;
}

/** A command that is forwarded to db_proxy. */
export function forwardToDb<Request extends ForwardedRequest, Response>(
  definition: ForwardDefinition<Request, Response>,
): Command<ClientConn> {
  const { id, request: codec, group, withoutDb, before } = definition;
  return command({
    id,
    request: codec,
    reply: definition.answer,
    auth: "user",
    handle: function forwardToDb(call: ClientCall, request: Request): Response | null {
      const conn = call.from;
      request.user_id = conn.userId;
      request.attach_data = attachOf(definition, request, conn.id);
      const early = before?.(call, request) ?? null;
      if (early !== null) return early;
      const frame = buildFrame(id, call.seqNum, codec.encode(request));
      return conn.services.db.send(group, frame) ? null : withoutDb(request);
    },
  });
}

function attachOf<Request extends ForwardedRequest, Response>(
  { attach = "db", remember }: ForwardDefinition<Request, Response>,
  request: Request,
  handle: number,
): Uint8Array {
  if (remember !== undefined) {
    return encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU, handle, remember(request));
  }
  return attach === "db"
    ? encodeDbAttach(ATTACH_TYPE_HANDLE, handle)
    : encodePduAttach(ATTACH_TYPE_HANDLE, handle, new Uint8Array(0));
}

/** Field numbers that the answers have in common. */
const USER_ID_FIELD = 1;
const ATTACH_DATA_FIELD = 20;

/** An answer from db_proxy or route_server, without having been decoded. */
export interface RawAnswer {
  readonly userId: number;
  readonly attachType: number;
  /** What msg_server put into attach_data beside the connection; empty for most requests. */
  readonly attachPdu: Uint8Array;
  /** The connection that asked, if it is still there and still this user's. */
  readonly conn: ClientConn | null;
  /** The message without attach_data. */
  readonly body: Uint8Array;
}

/** @throws {FieldError} for a body that is not protobuf; the gate drops the PDU */
export function readAnswer(services: MsgServices, frame: Uint8Array): RawAnswer {
  const body = bodyOf(frame);
  let userId = 0;
  let attachBytes = new Uint8Array(0) as Uint8Array;
  const attachFields: FieldSpan[] = [];
  scanFields(body, (field) => {
    if (field.number === USER_ID_FIELD && field.wireType === 0) {
      userId = uint32Value(body, field);
    } else if (field.number === ATTACH_DATA_FIELD && field.wireType === 2) {
      attachBytes = body.subarray(field.valueStart, field.end);
      attachFields.push(field);
    }
  });
  const attach = decodeAttach(attachBytes);
  const conn = attach === null ? undefined : services.conns.get(attach.handle);
  return {
    userId,
    attachType: attach?.type ?? 0,
    attachPdu: attach?.pdu ?? new Uint8Array(0),
    conn: conn?.state === "online" && conn.userId === userId ? conn : null,
    body: withoutField(body, attachFields),
  };
}

/** Hands an answer to the client that asked; it is dropped when that connection is gone. */
export function answerToClient(call: PeerCall): void {
  const { conn, body } = readAnswer(call.from.services, call.frame);
  if (conn === null) return;
  const commandId = commandIdOf(call.frame);
  if (conn.clientType === CLIENT_TYPE_ANDROID) {
    for (const part of splitForAndroid(commandId, body, conn.usersSince)) {
      conn.reply(buildFrame(commandId, call.seqNum, part));
    }
  } else {
    conn.reply(buildFrame(commandId, call.seqNum, body));
  }
}
