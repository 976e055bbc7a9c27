/**
 * HTTP for one small answer per connection, as clients ask it before every login.
 *
 * A connection waits for the end of a request's head, is answered in one write and ends. What the
 * request says besides its target does not matter, a body neither. `node:http` costs twice the CPU
 * and leaves four times the garbage (docs/performance.md), which counts where thousands of clients
 * come back at once.
 */
import { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Clock, Timer } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import { openPort } from "./tcp_port.ts";
import type { TlsContexts } from "./tls_contexts.ts";
import type { Address, HttpOptions, Listener, LookupHandler } from "./types.ts";

/** A longer head is answered with 431, in bytes. */
const MAX_HEAD_BYTES = 16 * 1024;
/** How long a request may take to arrive (docs/spec/wire.md 3), in seconds. */
const REQUEST_LIMIT_SEC = 60;
/** How long a client may take to read its answer and to close, in seconds. */
const GOODBYE_LIMIT_SEC = 3;
/** How long answers under way may take once the listener stops, in milliseconds. */
const STOP_GRACE_MS = 1000;

const END_OF_HEAD = "\r\n\r\n";
/** Method and path; the target may be a whole URL, and its query is left out. */
const REQUEST_LINE = /^([A-Z]+) (?:https?:\/\/[^\s/?#]+)?(\/[^\s?#]*)\S* HTTP\/1\.[01]$/;
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  431: "Request Header Fields Too Large",
  500: "Internal Server Error",
};

export interface ServeLookupsOptions extends HttpOptions {
  readonly clock: Clock;
  readonly contexts: TlsContexts;
  /** As that of a port. */
  readonly log?: Logger | undefined;
}

/**
 * Starts to answer.
 * @throws {ListenError} when the address cannot be bound
 * @throws {CertificateError} when a file of `tls` cannot be used
 */
export async function serveLookups(
  address: Address,
  handler: LookupHandler,
  options: ServeLookupsOptions,
): Promise<Listener> {
  const lookups = new Lookups(handler, options.clock);
  try {
    const port = await openPort(address, {
      ...options,
      allowHalfOpen: false,
      onSocket: (socket) => lookups.take(socket),
    });
    return {
      address: port.address,
      async stop() {
        await port.stop();
        await lookups.stop();
      },
    };
  } catch (error) {
    await lookups.stop();
    throw error;
  }
}

/** One client. */
interface Connection {
  /** What came of the head; `null` once it was answered. */
  head: string | null;
  secondsLeft: number;
}

class Lookups {
  readonly #handler: LookupHandler;
  readonly #clock: Clock;
  readonly #connections = new Map<Socket, Connection>();
  readonly #sweep: Timer;
  #allGone: (() => void) | null = null;

  constructor(handler: LookupHandler, clock: Clock) {
    this.#handler = handler;
    this.#clock = clock;
    this.#sweep = clock.every(1000, () => this.#tick());
  }

  take(socket: Socket): void {
    const connection: Connection = { head: "", secondsLeft: REQUEST_LIMIT_SEC };
    this.#connections.set(socket, connection);
    // Without a listener a reset by the client would end the process.
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes: Buffer) => this.#receive(socket, connection, bytes));
    socket.on("close", () => {
      this.#connections.delete(socket);
      if (this.#connections.size === 0) this.#allGone?.();
    });
  }

  /** Ends at once what asked nothing yet; answers under way get a grace. */
  async stop(): Promise<void> {
    for (const [socket, { head }] of this.#connections) if (head !== null) socket.destroy();
    if (this.#connections.size > 0) {
      const allGone = new Promise<void>((resolve) => this.#allGone = resolve);
      const overdue = this.#clock.after(STOP_GRACE_MS, () => {
        for (const socket of this.#connections.keys()) socket.destroy();
      });
      await allGone;
      overdue.cancel();
    }
    this.#sweep.cancel();
  }

  #receive(socket: Socket, connection: Connection, bytes: Buffer): void {
    if (connection.head === null) return;
    connection.head += bytes.toString("latin1");
    const isWhole = connection.head.includes(END_OF_HEAD);
    if (!isWhole && connection.head.length <= MAX_HEAD_BYTES) return;
    const answer = this.#answer(isWhole ? connection.head : null);
    connection.head = null;
    connection.secondsLeft = GOODBYE_LIMIT_SEC;
    socket.end(answer);
  }

  /** The bytes that answer a head; `null` for one that is too long. */
  #answer(head: string | null): Buffer {
    if (head === null || head.indexOf(END_OF_HEAD) > MAX_HEAD_BYTES) return emptyAnswer(431);
    const [, method, path] = REQUEST_LINE.exec(head.slice(0, head.indexOf("\r\n"))) ?? [];
    if (path === undefined) return emptyAnswer(400);
    try {
      const { status, contentType, body } = this.#handler(path);
      const headers = `Content-Type: ${contentType}\r\n${lastHeaders(Buffer.byteLength(body))}`;
      return Buffer.from(statusLine(status) + headers + (method === "HEAD" ? "" : body));
    } catch {
      return emptyAnswer(500); // Our bug, and it costs this client only.
    }
  }

  #tick(): void {
    for (const [socket, connection] of this.#connections) {
      if (--connection.secondsLeft < 0) socket.destroy();
    }
  }
}

function emptyAnswer(status: number): Buffer {
  return Buffer.from(statusLine(status) + lastHeaders(0));
}

function statusLine(status: number): string {
  return `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`;
}

function lastHeaders(bodyBytes: number): string {
  return `Content-Length: ${bodyBytes}\r\nConnection: close${END_OF_HEAD}`;
}
