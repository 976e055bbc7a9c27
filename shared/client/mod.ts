/**
 * A typed TeamTalk client over any {@link Network}.
 *
 * ```ts
 * await using ann = await connectClient({
 *   network,
 *   clock: systemClock,
 *   server: (signal) => lookupOverHttp("http://127.0.0.1:8080", { signal }),
 *   userName: "ann",
 *   password: "secret",
 *   clientType: CLIENT_TYPE_WINDOWS,
 * });
 * const { msg_id } = await ann.sendText(bob.userId, "hello");
 * const answer = await ann.next("message");
 * ```
 */
export { type Client, connectClient } from "./client.ts";
export * from "./errors.ts";
export type { ClientEvents, EventKind, ReceivedMessage } from "./events.ts";
export type { Exchange, Notice } from "./exchange.ts";
export * from "./files/mod.ts";
export { type HttpLookupOptions, lookupOverHttp } from "./lookup_http.ts";
export { lookupOverTcp, type TcpLookupOptions } from "./lookup_tcp.ts";
export { textOf } from "./message_text.ts";
export type { ConnectOptions, MsgServer, ServerLookup } from "./options.ts";
export type { NextOptions } from "./push_channel.ts";
export type { HistoryRange, SessionRef } from "./requests/history.ts";
