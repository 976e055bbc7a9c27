/**
 * What the roles know of the network. A {@link Link} carries whole frames in both directions and
 * hides whether a TCP socket or an in-memory pair is under it; a {@link Network} makes links and
 * HTTP listeners. Nothing here knows commands or users.
 */

export interface Address {
  /** Host name or address text; for a listener the address to bind to. */
  readonly host: string;
  /** 0 asks a listener for any free port. */
  readonly port: number;
}

export function formatAddress(address: Address): string {
  return address.host.includes(":")
    ? `[${address.host}]:${address.port}`
    : `${address.host}:${address.port}`;
}

/** Limits of one link. What happens at each is said at the field. */
export interface LinkLimits {
  /** Largest frame accepted, header included, in bytes; a larger one closes the link. */
  readonly maxFrameBytes: number;
  /**
   * Unsent output, in bytes, with which a link is still sent to; a reader that is further behind
   * when something is sent is cut off. What waits is so at most this and one frame.
   */
  readonly maxBacklogBytes: number;
}

/** Called by a link. A handler that throws has its link closed; the error is the reason. */
export interface LinkHandler {
  /** An outgoing link was connected. Accepted links are open from the start. */
  opened?(link: Link): void;
  /** One whole frame; never called while paused, or after a close by either side. */
  frame(link: Link, frame: Uint8Array): void;
  /** Exactly once, in a later event-loop turn than the call that closed the link. */
  closed(link: Link, reason: string): void;
}

/** What is under a link; nobody outside this process is at the other end of one in memory. */
export type Transport = "tcp" | "tls" | "memory";

export interface Link {
  /** Unique for the life of the process, never reused (docs/spec/pitfalls.md P-HDL). */
  readonly id: number;
  readonly transport: Transport;
  readonly remote: string;
  readonly isOpen: boolean;
  /** Letter of the server that the other side has proven to be (docs/internal.md 3). */
  provenRole: string | null;
  /** Bytes sent but not yet taken over by the other side. */
  readonly backlogBytes: number;
  /** May be raised, for instance after a login. */
  maxFrameBytes: number;
  /** Whole seconds without input and without output, counted by {@link Liveness}. */
  silentSec: number;
  quietSec: number;
  /** Queues a frame; a closed link drops it. The frame must not be changed afterwards. */
  send(frame: Uint8Array): void;
  /**
   * Resolves when nothing that was sent so far waits any more, or when the link is closed: for a
   * sender that goes on only when the reader has kept up.
   */
  whenDrained(): Promise<void>;
  /** Stops and restarts input: no frame is delivered in between, and the sender is slowed down. */
  pause(): void;
  resume(): void;
  /** Sends what is queued, then closes. Input is ignored from now on. */
  close(reason: string): void;
  /**
   * Resolves once nothing is left of a link that was closed: its output has gone, its timers too.
   */
  whenGone(): Promise<void>;
  /** Closes at once; queued output is lost. */
  abort(reason: string): void;
}

export interface Listener {
  /** Where it listens, with the real port. */
  readonly address: Address;
  /** Stops accepting. Links that were accepted live on. */
  stop(): Promise<void>;
}

/** Makes a listener speak TLS. The files are looked at again now and then ({@link TlsContexts}). */
export interface ListenTls {
  /** The certificate, with those between it and its authority behind it, in PEM form. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Authorities of which one must have signed a certificate of who connects; `null`: nobody asks. */
  readonly clientCaFile: string | null;
  /** Whether who connects from this address speaks no TLS; default: nobody. */
  readonly isPlain?: (address: string) => boolean;
}

/** Makes a connect speak TLS. The certificate of the other side is always checked. */
export interface ConnectTls {
  /** Authorities of which one must have signed it; `null`: those that the runtime knows. */
  readonly caFile: string | null;
  /** The name that it must have; `null`: the host that is connected to. */
  readonly serverName: string | null;
  /** What is shown to a server that asks for a certificate; `null`: nothing. */
  readonly certFile: string | null;
  readonly keyFile: string | null;
}

/** Limits of a listener. A connection above one of them is closed at once. */
export interface PortLimits {
  /** Most connections at a time, those included that are still in their TLS handshake. */
  readonly maxLinks: number;
  /** Most of them from one address; absent: no limit but `maxLinks`. */
  readonly maxLinksPerAddress?: number | undefined;
}

export interface ListenOptions extends LinkLimits, PortLimits {
  /** Absent: plain TCP. In memory it makes no difference. */
  readonly tls?: ListenTls | undefined;
}

export interface ConnectOptions extends LinkLimits {
  /** Absent: plain TCP. In memory it makes no difference. */
  readonly tls?: ConnectTls | undefined;
}

export interface HttpOptions extends PortLimits {
  /** Absent: plain HTTP. */
  readonly tls?: ListenTls | undefined;
}

export type HttpHandler = (request: Request, remote: string) => Response | Promise<Response>;

/** A small answer to a request of which only the path matters. */
export interface LookupAnswer {
  readonly status: 200 | 404;
  readonly contentType: string;
  readonly body: string;
}

/** `path` is that of the request's target, without its query. */
export type LookupHandler = (path: string) => LookupAnswer;

export interface Network {
  /**
   * Accepts links until stopped. `accept` names the handler of a new link; when it throws, the link
   * is closed.
   * @throws {ListenError} when the address cannot be bound
   * @throws {CertificateError} when a file of `tls` cannot be used
   */
  listen(
    address: Address,
    options: ListenOptions,
    accept: (link: Link) => LinkHandler,
  ): Promise<Listener>;
  /** Starts to connect. `opened` or `closed` of the handler tells how it went. */
  connect(address: Address, options: ConnectOptions, handler: LinkHandler): Link;
  /**
   * Without `options` plain HTTP for any number of connections.
   * @throws {ListenError} when the address cannot be bound
   * @throws {CertificateError} when a file of `tls` cannot be used
   */
  serveHttp(address: Address, handler: HttpHandler, options?: HttpOptions): Promise<Listener>;
  /**
   * HTTP for one small answer per connection, which ends with it whatever the client asks for.
   * @throws {ListenError} when the address cannot be bound
   * @throws {CertificateError} when a file of `tls` cannot be used
   */
  serveLookups(address: Address, handler: LookupHandler, options: HttpOptions): Promise<Listener>;
}

/** An address that could not be bound: in use, not ours, or not allowed. */
export class ListenError extends Error {
  override readonly name = "ListenError";

  constructor(address: Address, cause: unknown) {
    super(`Cannot listen on ${formatAddress(address)}: ${listenReason(cause)}`, { cause });
  }
}

function listenReason(cause: unknown): string {
  const code = (cause as { code?: unknown } | null)?.code;
  if (code === "EADDRINUSE") return "the port is in use";
  if (code === "EADDRNOTAVAIL") return "this machine has no such address";
  if (code === "EACCES") return "permission denied";
  return cause instanceof Error ? cause.message : String(cause);
}
