/** What a client is told when it is made, and the limits it works within. */
import { type ClientType, type UserStatType } from "../../proto/mod.ts";
import { isMobile } from "../client_class.ts";
import type { Clock } from "../clock.ts";
import type { Address, ConnectTls, LinkLimits, Network } from "../netlib/mod.ts";
import type { Random } from "../random.ts";
import type { Result } from "../result.ts";
import type { LookupRefusal } from "./errors.ts";

/** Where a login_server sends a client. */
export interface MsgServer {
  readonly priorIp: string;
  readonly backupIp: string;
  readonly port: number;
  /** URL for uploads of pictures; only told over HTTP. */
  readonly msfsPrior?: string;
  /** For clients that speak TLS; absent: there is none. */
  readonly tlsPort?: number;
  /** URL of the discovery list; only told over HTTP. */
  readonly discovery?: string;
}

/** Asks for a msg_server. The signal ends the wait. */
export type ServerLookup = (signal: AbortSignal) => Promise<Result<MsgServer, LookupRefusal>>;

export type Credentials =
  /** Lower-case hex MD5 of the password is what travels; either form may be given. */
  | { readonly password: string; readonly passwordHash?: never }
  | { readonly passwordHash: string; readonly password?: never };

export type ConnectOptions = Credentials & {
  readonly network: Network;
  readonly clock: Clock;
  /** For the jitter of reconnects; the machine's source when absent. */
  readonly random?: Random;
  /** A msg_server, or how to find one: asked again at every reconnect. */
  readonly server: Address | ServerLookup;
  /** Speaks TLS with the msg_server; absent: plain TCP. An address is then that of its TLS port. */
  readonly tls?: ConnectTls;
  readonly userName: string;
  readonly clientType: ClientType;
  readonly clientVersion?: string;
  /** USER_STATUS_ONLINE when absent. */
  readonly onlineStatus?: UserStatType;
  /** Limit of every wait: lookup, connect, login, request, {@link Client.next}. */
  readonly requestTimeoutMs?: number;
  /** Period of heartbeats; `null` sends none. By the class of the client type when absent. */
  readonly heartbeatMs?: number | null;
  /** Comes back after a lost link until closed, kicked or refused for good. */
  readonly reconnect?: boolean;
  /** Whether a received message is acknowledged (0x0302) as the original clients do; "auto". */
  readonly deliveryAck?: "auto" | "off";
  /** "close", as the original clients do, or "stay" to see what the server does; "close". */
  readonly onKick?: "close" | "stay";
  /** Pushes kept per kind for {@link Client.next}; the oldest is dropped for a further one. */
  readonly pushBufferLimit?: number;
  /** Key of text messages. */
  readonly aesKey?: string;
};

export const REQUEST_TIMEOUT_MS = 10_000;
export const PUSH_BUFFER_LIMIT = 1000;
/** Requests and waits for a push under way at a time, each; a further one is refused. */
export const MAX_WAITING = 1000;
/** The largest answer is the list of all users, about 200 bytes each. */
export const CLIENT_LINK_LIMITS: LinkLimits = {
  maxFrameBytes: 64 * 1024 * 1024,
  maxBacklogBytes: 16 * 1024 * 1024,
};

/** A silent client is closed after 120 s, a mobile one after 300 s (docs/spec/wire.md 3). */
const PC_HEARTBEAT_MS = 30_000;
const MOBILE_HEARTBEAT_MS = 120_000;

export function heartbeatPeriodMs(clientType: ClientType): number {
  return isMobile(clientType) ? MOBILE_HEARTBEAT_MS : PC_HEARTBEAT_MS;
}
