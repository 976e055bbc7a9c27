/**
 * HTTP listeners over `node:http`. `Deno.serve` is not used: it keeps a connection open although
 * the response says `Connection: close`, and it has no limit for a client that sends nothing.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { Clock } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import { withinMs } from "../within.ts";
import { openPort } from "./tcp_port.ts";
import type { TlsContexts } from "./tls_contexts.ts";
import {
  type Address,
  formatAddress,
  type HttpHandler,
  type HttpOptions,
  type Listener,
} from "./types.ts";

/** Without input for this long a connection is closed, in milliseconds (docs/spec/wire.md 3). */
const SILENCE_LIMIT_MS = 60_000;
/** Request line and headers; a longer head is answered with 431, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;
/** Of these there is no {@link Request}. */
const FORBIDDEN_METHODS: readonly string[] = ["CONNECT", "TRACE", "TRACK"];
/** How long answers under way may take once the listener stops, in milliseconds. */
const STOP_GRACE_MS = 1000;

export interface ServeHttpOptions extends HttpOptions {
  readonly clock: Clock;
  readonly contexts: TlsContexts;
  /** As that of a port. */
  readonly log?: Logger | undefined;
}

/**
 * Starts an HTTP listener.
 * @throws {ListenError} when the address cannot be bound
 * @throws {CertificateError} when a file of `tls` cannot be used
 */
export async function serveHttp(
  address: Address,
  handler: HttpHandler,
  options: ServeHttpOptions,
): Promise<Listener> {
  const server = createServer({ maxHeaderSize: MAX_HEAD_BYTES }, (request, response) => {
    void answer(handler, request, response);
  });
  server.timeout = SILENCE_LIMIT_MS;
  server.headersTimeout = SILENCE_LIMIT_MS;
  server.requestTimeout = 0; // A large upload may take its time, as long as something comes.
  const connections = new Set<Socket>();
  let allClosed = (): void => {};
  const port = await openPort(address, {
    ...options,
    allowHalfOpen: true,
    onSocket(socket) {
      connections.add(socket);
      socket.once("close", () => {
        connections.delete(socket);
        if (connections.size === 0) allClosed();
      });
      server.emit("connection", socket);
    },
  });
  return {
    address: port.address,
    async stop() {
      await port.stop();
      if (connections.size === 0) return;
      const closed = new Promise<void>((resolve) => allClosed = resolve);
      server.closeIdleConnections();
      if (await withinMs(options.clock, STOP_GRACE_MS, closed)) return;
      for (const socket of connections) socket.destroy();
      await closed;
    },
  };
}

async function answer(
  handler: HttpHandler,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { remoteAddress = "", remotePort = 0 } = request.socket;
    const remote = formatAddress({ host: remoteAddress, port: remotePort });
    const asked = toRequest(request);
    if (asked === null) {
      response.writeHead(400, { "Connection": "close", "Content-Length": "0" }).end();
      return;
    }
    await send(await handler(asked, remote), response);
  } catch {
    // A failed handler is ours, a failed write is the client's: either way only this one is hit.
    // Half an answer must not look like a whole one.
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(500, { "Content-Length": "0" });
    response.end();
  }
}

/** `null` for a target or method that no request can have. */
function toRequest(request: IncomingMessage): Request | null {
  const { method = "GET", url = "/", headers } = request;
  const hasBody = method !== "GET" && method !== "HEAD";
  const scheme = "encrypted" in request.socket ? "https" : "http";
  const target = URL.parse(url, `${scheme}://${headers.host ?? "localhost"}`);
  if (target === null || FORBIDDEN_METHODS.includes(method)) return null;
  return new Request(target, {
    method,
    headers: Object.entries(headers).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]]
    ),
    body: hasBody ? Readable.toWeb(request) as ReadableStream<Uint8Array> : null,
  });
}

async function send(from: Response, to: ServerResponse): Promise<void> {
  to.writeHead(from.status, [...from.headers].flat());
  const source = from.body?.getReader();
  // A source that has nothing to say for a while would not learn that nobody listens any more.
  const gone = (): void => void source?.cancel().catch(() => {});
  to.once("close", gone);
  try {
    for (let part = await source?.read(); part?.done === false; part = await source?.read()) {
      if (!to.write(part.value)) await drained(to);
    }
  } catch (error) {
    gone();
    throw error;
  } finally {
    to.off("close", gone);
  }
  to.end();
}

/** @throws when the client has gone, so that nothing more is read for it */
function drained(to: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error("the client has gone"));
    to.once("close", gone);
    to.once("drain", () => {
      to.off("close", gone);
      resolve();
    });
    if (to.destroyed) gone();
  });
}
