/** TLS on the side that was connected to: takes accepted sockets through their handshake. */
import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import type { Clock, Timer } from "../clock.ts";
import { type Leave, Newcomers } from "./newcomers.ts";
import { bareAddress, remoteOfSocket } from "./remote.ts";
import type { TlsContexts } from "./tls_contexts.ts";
import type { ServerCertificate, ServerIdentity } from "./tls_files.ts";
import type { ListenTls } from "./types.ts";

/** How long a handshake may take, in milliseconds. */
export const HANDSHAKE_LIMIT_MS = 10_000;
/**
 * Handshakes under way at a time; for a further one the oldest is given up. High enough that a crowd
 * that comes back after a restart does not lose what was computed for it already.
 */
const MAX_HANDSHAKES = 4096;
/** The same for those of one address. */
const MAX_HANDSHAKES_PER_ADDRESS = 1024;

export interface TlsUpgradeOptions {
  readonly tls: ListenTls;
  readonly clock: Clock;
  readonly contexts: TlsContexts;
  readonly onSecure: (socket: TLSSocket) => void;
}

interface Handshake {
  readonly socket: Socket;
  readonly deadline: Timer;
  readonly leave: Leave;
}

export class TlsUpgrade {
  readonly #options: TlsUpgradeOptions;
  readonly #certificate: ServerCertificate;
  /** Listens on nothing: sockets are handed to it. */
  readonly #server: Server;
  #shown: ServerIdentity;
  readonly #newcomers = new Newcomers({
    max: MAX_HANDSHAKES,
    maxPerAddress: MAX_HANDSHAKES_PER_ADDRESS,
  });
  /** By where the other side is, which both sockets of a connection know. */
  readonly #underWay = new Map<string, Handshake>();

  /** @throws {CertificateError} */
  constructor(options: TlsUpgradeOptions) {
    this.#options = options;
    this.#certificate = options.contexts.open(options.tls);
    this.#shown = this.#certificate.identity;
    const needsCertificate = options.tls.clientCaFile !== null;
    this.#server = createServer({
      ...this.#shown,
      requestCert: needsCertificate,
      rejectUnauthorized: needsCertificate,
      allowHalfOpen: true,
      // The limit here is that of the clock, below.
      handshakeTimeout: 2 * HANDSHAKE_LIMIT_MS,
    });
    this.#server.on("secureConnection", (secure: TLSSocket) => this.#secured(secure));
    // Whoever failed has been told by TLS itself.
    this.#server.on("tlsClientError", (_error, secure) => secure.destroy());
  }

  /** Whether who connects from there speaks no TLS. */
  isPlain(socket: Socket): boolean {
    return this.#options.tls.isPlain?.(bareAddress(socket.remoteAddress ?? "")) ?? false;
  }

  /** Begins the handshake; one that fails, or takes too long, closes the socket. */
  run(socket: Socket): void {
    const { identity } = this.#certificate;
    if (identity !== this.#shown) this.#server.setSecureContext(identity);
    this.#shown = identity;
    const remote = remoteOfSocket(socket);
    const giveUp = (): void => void socket.destroy();
    this.#underWay.set(remote, {
      socket,
      deadline: this.#options.clock.after(HANDSHAKE_LIMIT_MS, giveUp),
      leave: this.#newcomers.enter(bareAddress(remote), giveUp),
    });
    socket.once("close", () => this.#settle(remote));
    // Who ends its output in a handshake has hung up; afterwards it may still read.
    socket.allowHalfOpen = false;
    this.#server.emit("connection", socket);
  }

  /** Gives up the handshakes that are under way. */
  stop(): void {
    for (const { socket } of this.#underWay.values()) socket.destroy();
    this.#options.contexts.close(this.#certificate);
  }

  #secured(secure: TLSSocket): void {
    this.#settle(remoteOfSocket(secure));
    secure.allowHalfOpen = true;
    this.#options.onSecure(secure);
  }

  #settle(remote: string): void {
    const handshake = this.#underWay.get(remote);
    handshake?.deadline.cancel();
    handshake?.leave();
    this.#underWay.delete(remote);
  }
}
