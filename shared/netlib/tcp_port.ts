/**
 * A TCP port that is listened on: counts connections, refuses those above its limits, and takes
 * those that speak TLS through their handshake. What comes out are sockets that can be used.
 */
import { createServer, type Server, type Socket } from "node:net";
import type { Clock, Timer } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import { PortWatch } from "./port_watch.ts";
import { bareAddress } from "./remote.ts";
import type { TlsContexts } from "./tls_contexts.ts";
import { TlsUpgrade } from "./tls_upgrade.ts";
import {
  type Address,
  type Listener,
  ListenError,
  type ListenTls,
  type PortLimits,
} from "./types.ts";

/** Connections the kernel may hold until they are accepted. */
const LISTEN_BACKLOG = 511;
/** How long to wait before the next try to listen again, in milliseconds. */
const LISTEN_AGAIN_MS = 1000;

export interface PortOptions extends PortLimits {
  readonly tls?: ListenTls | undefined;
  /** Whether the other side may end its output and still read: links do, HTTP does not. */
  readonly allowHalfOpen: boolean;
  readonly clock: Clock;
  readonly contexts: TlsContexts;
  /** Told when the port had to be opened again. Absent: nobody looks whether it still accepts. */
  readonly log?: Logger | undefined;
  /** Takes a socket over; one that it throws at is closed. */
  readonly onSocket: (socket: Socket) => void;
}

/**
 * Listens until stopped. Sockets that were handed out live on.
 * @throws {ListenError} when the address cannot be bound
 * @throws {CertificateError} when a file of `tls` cannot be used
 */
export async function openPort(address: Address, options: PortOptions): Promise<Listener> {
  const upgrade = options.tls === undefined ? null : new TlsUpgrade({
    ...options,
    tls: options.tls,
    onSecure: (socket) => handOver(socket, options),
  });
  const places = new PortPlaces(options);
  const port = new Port(options, (socket) => {
    if (!places.take(socket)) discard(socket);
    else if (upgrade === null || upgrade.isPlain(socket)) handOver(socket, options);
    else upgrade.run(socket);
  });
  try {
    await port.open(address);
  } catch (error) {
    upgrade?.stop();
    throw error;
  }
  return {
    address: port.address!,
    stop: () => {
      port.close();
      upgrade?.stop();
      return Promise.resolve();
    },
  };
}

/** A listening socket, or another one in its place. */
class Port {
  readonly #options: PortOptions;
  readonly #take: (socket: Socket) => void;
  #server: Server | null = null;
  #watch: PortWatch | null = null;
  #again: Timer | null = null;
  #isClosed = false;
  /** Since {@link open}; with the port that the system chose. */
  address: Address | null = null;

  constructor(options: PortOptions, take: (socket: Socket) => void) {
    this.#options = options;
    this.#take = take;
  }

  /** @throws {ListenError} when the address cannot be bound */
  async open(address: Address): Promise<void> {
    const { allowHalfOpen, clock, log } = this.#options;
    const server = createServer(
      { noDelay: true, allowHalfOpen },
      (socket: Socket) => {
        if (this.#watch === null) this.#take(socket);
        else this.#watch.accepted(socket, () => this.#take(socket));
      },
    );
    await bind(server, address);
    this.#server = server;
    this.address = { host: address.host, port: (server.address() as { port: number }).port };
    if (log === undefined) return;
    const watched = { clock, address: this.address, onDeaf: () => this.#openAgain(log) };
    this.#watch = new PortWatch(watched);
  }

  /** Waits for nobody: accepted sockets live on. */
  close(): void {
    this.#isClosed = true;
    this.#again?.cancel();
    this.#shut();
  }

  #shut(): void {
    this.#watch?.stop();
    this.#watch = null;
    this.#server?.close();
    this.#server = null;
  }

  #openAgain(log: Logger): void {
    log.error("accepted nobody: see that the process may open more files", { ...this.address! });
    this.#shut();
    void this.#tryAgain(log);
  }

  async #tryAgain(log: Logger): Promise<void> {
    try {
      await this.open(this.address!);
    } catch {
      if (this.#isClosed) return;
      this.#again = this.#options.clock.after(LISTEN_AGAIN_MS, () => void this.#tryAgain(log));
      return;
    }
    if (this.#isClosed) this.#shut();
    else log.info("listening again", { ...this.address! });
  }
}

/** Closes a socket of which nobody wants to hear any more. */
function discard(socket: Socket): void {
  socket.on("error", () => {/* it is being thrown away */});
  socket.destroy();
}

function handOver(socket: Socket, { onSocket }: PortOptions): void {
  try {
    onSocket(socket);
  } catch {
    // Our bug, and there is nobody yet that could be told: it costs this connection only.
    discard(socket);
  }
}

/** How many connections are open, in all and by address. */
class PortPlaces {
  readonly #limits: PortLimits;
  readonly #byAddress = new Map<string, number>();
  #open = 0;
  /** One for all sockets, as each of them keeps it. */
  readonly #closed = (): void => void this.#open--;

  constructor(limits: PortLimits) {
    this.#limits = limits;
  }

  /** Counts the connection until it is closed; `false`: it is one too many. */
  take(socket: Socket): boolean {
    const { maxLinks, maxLinksPerAddress } = this.#limits;
    if (this.#open >= maxLinks) return false;
    if (maxLinksPerAddress !== undefined && !this.#takeOfAddress(socket, maxLinksPerAddress)) {
      return false;
    }
    this.#open++;
    socket.on("close", this.#closed);
    return true;
  }

  #takeOfAddress(socket: Socket, max: number): boolean {
    const address = bareAddress(socket.remoteAddress ?? "");
    const open = this.#byAddress.get(address) ?? 0;
    if (open >= max) return false;
    this.#byAddress.set(address, open + 1);
    socket.on("close", () => {
      const left = this.#byAddress.get(address)! - 1;
      if (left === 0) this.#byAddress.delete(address);
      else this.#byAddress.set(address, left);
    });
    return true;
  }
}

function bind(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    // Stays, because a later error of the listening socket must not end the process.
    server.on("error", (error) => reject(new ListenError(address, error)));
    server.listen({ host: address.host, port: address.port, backlog: LISTEN_BACKLOG }, resolve);
  });
}
