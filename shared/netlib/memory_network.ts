/**
 * A network inside one process: listeners are names in a map. An all-in-one suite links its roles
 * with it, and a test runs a whole cluster on it without a socket.
 */
import type { Clock } from "../clock.ts";
import { FlushQueue } from "./flush_queue.ts";
import { LinkIds } from "./link_ids.ts";
import { MemoryLink } from "./memory_link.ts";
import { reasonOf } from "./reason.ts";
import {
  type Address,
  formatAddress,
  type HttpHandler,
  type HttpOptions,
  type Link,
  type LinkHandler,
  type LinkLimits,
  type Listener,
  ListenError,
  type ListenOptions,
  type LookupHandler,
  type Network,
} from "./types.ts";

/** Port numbers handed out for port 0 start here. */
const FIRST_FREE_PORT = 40000;
const WILDCARD_HOSTS: readonly string[] = ["", "0.0.0.0", "::"];
const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "::1", "localhost"];

interface MemoryListener {
  readonly host: string;
  readonly options: ListenOptions;
  readonly accept: (link: Link) => LinkHandler;
  open: number;
  isStopped: boolean;
}

export class MemoryNetwork implements Network {
  readonly #clock: Clock;
  readonly #ids: LinkIds;
  readonly #flushQueue: FlushQueue;
  readonly #listeners = new Map<number, MemoryListener>();
  readonly #httpHandlers = new Map<number, HttpHandler>();
  #lastPort = FIRST_FREE_PORT;

  constructor(clock: Clock, ids = new LinkIds()) {
    this.#clock = clock;
    this.#ids = ids;
    this.#flushQueue = new FlushQueue(clock);
  }

  /**
   * Whether a connect to the address reaches a listener of this network: the same host and port, or
   * loopback for one that is bound to every address. {@link connect} itself looks at the port only.
   */
  hasListener(address: Address): boolean {
    const host = this.#listeners.get(address.port)?.host;
    if (host === undefined) return false;
    return host === address.host ||
      (WILDCARD_HOSTS.includes(host) && LOOPBACK_HOSTS.includes(address.host));
  }

  /** Whether the port is taken, by links or by HTTP. */
  hasPort(port: number): boolean {
    return this.#listeners.has(port) || this.#httpHandlers.has(port);
  }

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    return this.#bind(address, (port) => {
      const listener = { host: address.host, options, accept, open: 0, isStopped: false };
      this.#listeners.set(port, listener);
      return () => {
        listener.isStopped = true;
        // Stopping twice must not take the port from a listener that came later.
        if (this.#listeners.get(port) === listener) this.#listeners.delete(port);
      };
    });
  }

  connect(address: Address, limits: LinkLimits, handler: LinkHandler): Link {
    const near = this.#end(formatAddress(address), limits);
    near.attach(handler);
    const listener = this.#listeners.get(address.port);
    if (listener === undefined || listener.open >= listener.options.maxLinks) {
      near.refuse(listener === undefined ? "connection refused" : "too many links");
      return near;
    }
    const far = this.#end(`memory:${near.id}`, listener.options);
    MemoryLink.join(near, far);
    listener.open++;
    this.#clock.soon(() => this.#establish(listener, near, far));
    return near;
  }

  serveHttp(
    address: Address,
    handler: HttpHandler,
    _options?: HttpOptions,
  ): Promise<Listener> {
    return this.#bind(address, (port) => {
      this.#httpHandlers.set(port, handler);
      return () => {
        if (this.#httpHandlers.get(port) === handler) this.#httpHandlers.delete(port);
      };
    });
  }

  serveLookups(
    address: Address,
    handler: LookupHandler,
    _options?: HttpOptions,
  ): Promise<Listener> {
    return this.serveHttp(address, (request) => {
      const { status, contentType, body } = handler(new URL(request.url).pathname);
      const bytes = new TextEncoder().encode(body);
      return new Response(bytes, {
        status,
        headers: {
          "Content-Type": contentType,
          "Content-Length": String(bytes.length),
          "Connection": "close",
        },
      });
    });
  }

  /** Sends an HTTP request to a listener of this network. @throws {TypeError} when there is none */
  async fetch(url: string): Promise<Response> {
    const handler = this.#httpHandlers.get(Number(new URL(url).port));
    if (handler === undefined) throw new TypeError(`Cannot fetch ${url}: connection refused`);
    try {
      return await handler(new Request(url), "memory");
    } catch {
      return new Response(null, { status: 500 }); // As over TCP: a failed handler is the server's.
    }
  }

  /** Takes the port, or a free one for 0; `open` registers and returns how to undo that. */
  #bind(address: Address, open: (port: number) => () => void): Promise<Listener> {
    const port = address.port === 0 ? this.#freePort() : address.port;
    if (this.hasPort(port)) {
      return Promise.reject(new ListenError(address, { code: "EADDRINUSE" }));
    }
    const close = open(port);
    return Promise.resolve({
      address: { host: address.host, port },
      stop: () => {
        close();
        return Promise.resolve();
      },
    });
  }

  #freePort(): number {
    do this.#lastPort++; while (this.hasPort(this.#lastPort));
    return this.#lastPort;
  }

  /** Accepts in a later turn than the connect, as over TCP; then both ends begin to deliver. */
  #establish(listener: MemoryListener, near: MemoryLink, far: MemoryLink): void {
    if (listener.isStopped) {
      near.abort("connection refused");
      return;
    }
    try {
      const accepted = listener.accept(far);
      far.attach({
        frame: (link, frame) => accepted.frame(link, frame),
        closed: (link, reason) => {
          listener.open--;
          accepted.closed(link, reason);
        },
      });
    } catch (error) {
      listener.open--;
      far.abort(reasonOf(error));
      return;
    }
    far.start();
    near.start();
  }

  #end(remote: string, limits: LinkLimits): MemoryLink {
    return new MemoryLink({
      id: this.#ids.next(),
      remote,
      limits,
      clock: this.#clock,
      flushQueue: this.#flushQueue,
    });
  }
}
