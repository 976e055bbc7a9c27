/** Links over TCP with `node:net`, which measured fair and light where `Deno.listen` did not. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Clock } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import { FlushQueue } from "./flush_queue.ts";
import { serveHttp } from "./http.ts";
import { LinkIds } from "./link_ids.ts";
import { serveLookups } from "./lookup.ts";
import { reasonOf } from "./reason.ts";
import { remoteOfSocket } from "./remote.ts";
import { TcpLink } from "./tcp_link.ts";
import { openPort } from "./tcp_port.ts";
import { TlsContexts } from "./tls_contexts.ts";
import { readClientIdentity } from "./tls_files.ts";
import {
  type Address,
  type ConnectOptions,
  type ConnectTls,
  formatAddress,
  type HttpHandler,
  type HttpOptions,
  type Link,
  type LinkHandler,
  type LinkLimits,
  type Listener,
  type ListenOptions,
  type LookupHandler,
  type Network,
  type Transport,
} from "./types.ts";

/** How long a connect may take, with its TLS handshake, in milliseconds (docs/spec/roles.md 2.2). */
export const CONNECT_TIMEOUT_MS = 5000;

export interface TcpNetworkOptions {
  /** Shared with another network, so that numbers are unique in the process. */
  readonly ids?: LinkIds | undefined;
  /** Certificates, for whoever has them read again. */
  readonly contexts?: TlsContexts | undefined;
  /** Listeners are watched, and opened again when they accept nobody any more; see `tcp_port.ts`. */
  readonly log?: Logger | undefined;
}

export class TcpNetwork implements Network {
  readonly #clock: Clock;
  readonly #ids: LinkIds;
  readonly #contexts: TlsContexts;
  readonly #log: Logger | undefined;
  readonly #flushQueue: FlushQueue;

  constructor(clock: Clock, options: TcpNetworkOptions = {}) {
    this.#clock = clock;
    this.#ids = options.ids ?? new LinkIds();
    this.#contexts = options.contexts ?? new TlsContexts(clock);
    this.#log = options.log;
    this.#flushQueue = new FlushQueue(clock);
  }

  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    return openPort(address, {
      ...options,
      allowHalfOpen: true,
      clock: this.#clock,
      contexts: this.#contexts,
      log: this.#log,
      onSocket: (socket) => {
        const transport = "encrypted" in socket ? "tls" : "tcp";
        const link = this.#link(socket, transport, { remote: remoteOfSocket(socket), ...options });
        link.start(accept(link));
      },
    });
  }

  connect(address: Address, options: ConnectOptions, handler: LinkHandler): Link {
    const { tls } = options;
    const secured = tls === undefined ? null : secureSocket(address, tls);
    const socket = secured?.socket ?? connect(socketOptions(address));
    const link = this.#link(socket, tls === undefined ? "tcp" : "tls", {
      remote: formatAddress(address),
      ...options,
    });
    const deadline = this.#clock.after(
      CONNECT_TIMEOUT_MS,
      () => link.abort(`no connection within ${CONNECT_TIMEOUT_MS} ms`),
    );
    socket.once(tls === undefined ? "connect" : "secureConnect", () => {
      deadline.cancel();
      link.connected();
    });
    socket.once("close", () => deadline.cancel());
    link.start(handler);
    if (secured !== null && secured.problem !== null) link.abort(secured.problem);
    return link;
  }

  serveHttp(address: Address, handler: HttpHandler, options?: HttpOptions): Promise<Listener> {
    return serveHttp(address, handler, {
      maxLinks: Infinity,
      ...options,
      clock: this.#clock,
      contexts: this.#contexts,
      log: this.#log,
    });
  }

  serveLookups(address: Address, handler: LookupHandler, options: HttpOptions): Promise<Listener> {
    return serveLookups(address, handler, {
      ...options,
      clock: this.#clock,
      contexts: this.#contexts,
      log: this.#log,
    });
  }

  #link(
    socket: Socket,
    transport: Exclude<Transport, "memory">,
    { remote, ...limits }: LinkLimits & { readonly remote: string },
  ): TcpLink {
    return new TcpLink(socket, {
      id: this.#ids.next(),
      transport,
      remote,
      limits,
      clock: this.#clock,
      flushQueue: this.#flushQueue,
    });
  }
}

function socketOptions({ host, port }: Address) {
  return { host, port, noDelay: true, allowHalfOpen: true };
}

/** A file that cannot be used is a reason for the link to fail, like a host that is not there. */
function secureSocket(
  address: Address,
  tls: ConnectTls,
): { readonly socket: Socket; readonly problem: string | null } {
  let identity: ReturnType<typeof readClientIdentity>;
  try {
    identity = readClientIdentity(tls);
  } catch (error) {
    return { socket: connect(socketOptions(address)), problem: reasonOf(error) };
  }
  const socket = connectTls({
    ...socketOptions(address),
    ...identity,
    ...(tls.serverName === null ? {} : { servername: tls.serverName }),
  });
  socket.setNoDelay(true);
  return { socket, problem: null };
}
