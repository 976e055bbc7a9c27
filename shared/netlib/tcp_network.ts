/** Links over TCP with `node:net`, which measured fair and light where `Deno.listen` did not. */
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../clock.ts";
import { FlushQueue } from "./flush_queue.ts";
import { serveHttp } from "./http.ts";
import { LinkIds } from "./link_ids.ts";
import { TcpLink } from "./tcp_link.ts";
import {
  type Address,
  formatAddress,
  type HttpHandler,
  type Link,
  type LinkHandler,
  type LinkLimits,
  type Listener,
  ListenError,
  type ListenOptions,
  type Network,
} from "./types.ts";

/** How long a connect may take, in milliseconds (docs/spec/roles.md 2.2). */
export const CONNECT_TIMEOUT_MS = 5000;
/** Connections the kernel may hold until they are accepted. */
const LISTEN_BACKLOG = 511;

export class TcpNetwork implements Network {
  readonly #clock: Clock;
  readonly #ids: LinkIds;
  readonly #flushQueue: FlushQueue;

  constructor(clock: Clock, ids = new LinkIds()) {
    this.#clock = clock;
    this.#ids = ids;
    this.#flushQueue = new FlushQueue(clock);
  }

  async listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener> {
    let open = 0;
    const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket: Socket) => {
      if (open >= options.maxLinks) {
        discard(socket);
        return;
      }
      open++;
      socket.on("close", () => open--);
      const link = this.#link(socket, remoteOf(socket), options);
      try {
        link.start(accept(link));
      } catch {
        // Our bug, and there is no handler yet that could be told: it costs this link only.
        discard(socket);
      }
    });
    await bind(server, address);
    const bound = server.address() as { port: number };
    return {
      address: { host: address.host, port: bound.port },
      stop: () => {
        // Resolves at once: `close` would otherwise wait for every accepted link.
        server.close();
        return Promise.resolve();
      },
    };
  }

  connect(address: Address, limits: LinkLimits, handler: LinkHandler): Link {
    const socket = connect({
      host: address.host,
      port: address.port,
      noDelay: true,
      allowHalfOpen: true,
    });
    const link = this.#link(socket, formatAddress(address), limits);
    const deadline = this.#clock.after(
      CONNECT_TIMEOUT_MS,
      () => link.abort(`no connection within ${CONNECT_TIMEOUT_MS} ms`),
    );
    socket.once("connect", () => {
      deadline.cancel();
      link.connected();
    });
    socket.once("close", () => deadline.cancel());
    link.start(handler);
    return link;
  }

  serveHttp(address: Address, handler: HttpHandler): Promise<Listener> {
    return serveHttp(address, handler, this.#clock);
  }

  #link(socket: Socket, remote: string, limits: LinkLimits): TcpLink {
    return new TcpLink(socket, {
      id: this.#ids.next(),
      remote,
      limits,
      clock: this.#clock,
      flushQueue: this.#flushQueue,
    });
  }
}

function discard(socket: Socket): void {
  socket.on("error", () => {/* it is being thrown away */});
  socket.destroy();
}

function remoteOf(socket: Socket): string {
  return formatAddress({ host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 });
}

function bind(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays, because a later error of the listening socket must not end the process. None comes when
    // file descriptors run out: Deno 2.9.6 then silently accepts nothing any more, so `maxLinks` has
    // to stay below what the process may open.
    server.on("error", (error) => reject(new ListenError(address, error)));
    server.listen({ host: address.host, port: address.port, backlog: LISTEN_BACKLOG }, resolve);
  });
}
