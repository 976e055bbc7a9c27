/** The JSON of CID_INTERNAL_FIGURES_RSP (docs/internal.md). */

/** Terminals by client type, as the number of it in docs/spec/wire.md 6 in decimal. */
export type TerminalCounts = Readonly<Record<string, number>>;

export interface RouteFigures {
  /** Users with at least one terminal. */
  readonly users: number;
  readonly terminals: TerminalCounts;
  readonly msgServers: readonly MsgServerLink[];
}

export interface MsgServerLink {
  /** For a question to that msg_server, if it has a name. */
  readonly linkId: number;
  /** Where clients reach it; `null` for an original one, which cannot be asked. */
  readonly name: string | null;
}

/** What login_server hands out to clients. */
export interface LoginFigures {
  /** In the order in which they connected. */
  readonly msgServers: readonly HandedOutServer[];
  /** Where clients upload, and where they find the discovery list. */
  readonly msfs: string;
  readonly discovery: string;
}

export interface HandedOutServer {
  /** The two addresses that clients try, with the port of both. */
  readonly ip1: string;
  readonly ip2: string;
  readonly port: number;
  readonly hostName: string;
  /** Logins that it has, and how many it takes. */
  readonly online: number;
  readonly maxOnline: number;
}

export interface MsgServerFigures {
  readonly uptimeSec: number;
  /** Client connections, logged in or not. */
  readonly connections: number;
  /** Logged-in ones by client type. */
  readonly terminals: TerminalCounts;
  readonly maxLogins: number;
  /** Since the start: messages that clients sent and storage took, and copies sent to terminals. */
  readonly messages: number;
  readonly deliveries: number;
  /** Output to db_proxy that waits, in bytes: how far storage is behind. */
  readonly dbBacklogBytes: number;
  /** Kinds of servers this one connects to: whether at least one link is open. */
  readonly links: Readonly<Record<string, boolean>>;
}
