/**
 * The wire contract. Each message is one name for two things, its type and its codec:
 *
 * ```ts
 * import { IMLoginReq, USER_STATUS_ONLINE } from "../../proto/mod.ts";
 *
 * const request: IMLoginReq = IMLoginReq.decode(body);
 * const version = request.client_version ?? "unknown"; // An absent optional field is undefined.
 * ```
 *
 * `IMLoginReqInit` is what `IMLoginReq.encode` accepts: the same fields, repeated ones optional too.
 */
export type { AnyCodec, Codec } from "./codec.ts";
export { ProtocolError } from "./error.ts";
export * from "./gen/messages.ts";
export * from "./ids.ts";
