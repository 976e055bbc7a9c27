/**
 * msg_server: holds the client connections.
 *
 * All state is in memory and touched only between awaits, of which there are none: a handler runs
 * from a PDU to its effects without interruption, and what takes time (storage, other servers)
 * happens on the other end of a link and comes back as a PDU of its own.
 */
import { hostname } from "node:os";
import { CID_MSG_DATA } from "../../proto/mod.ts";
import { Dispatcher } from "../../shared/dispatch/mod.ts";
import {
  type Address,
  CLOSE_LIMIT_MS,
  closeLinks,
  formatAddress,
  type Link,
  type LinkHandler,
  type Listener,
  Liveness,
  type Peer,
  type PeerDeps,
} from "../../shared/netlib/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { type RoleDeps, type RunningServer, STOP_LIMIT_MS } from "../../shared/role.ts";
import { clientCommands, dbCommands, routeCommands } from "./commands.ts";
import type { MsgConfig } from "./config.ts";
import { InputThrottle } from "./input_throttle.ts";
import { DbLinks } from "./links/db_links.ts";
import { LoginLinks } from "./links/login_links.ts";
import { RouteLinks } from "./links/route_links.ts";
import { type MsgServices, PeerCaller } from "./services.ts";
import { CLIENT_MAX_FRAME_BYTES, goOffline, PC_MAX_SILENT_SEC } from "./sessions.ts";
import { ClientConn } from "./state/client_conn.ts";
import { GroupFanOut } from "./state/group_fan_out.ts";
import { TrafficCounters } from "./state/traffic_counters.ts";
import { UnansweredMessages } from "./state/unanswered_messages.ts";
import { UserTable } from "./state/user_table.ts";

/** Largest frame before the login, in bytes (docs/spec/wire.md 2). */
const NEW_CLIENT_MAX_FRAME_BYTES = 64 * 1024;
/** Unsent output at which a client that does not read is cut off (docs/spec/pitfalls.md P-FRM3). */
const CLIENT_MAX_BACKLOG_BYTES = 8 * CLIENT_MAX_FRAME_BYTES;
/** Seconds from the accept to the login (docs/spec/wire.md 3). */
const LOGIN_DEADLINE_SEC = 15;
/** Connections that are not logged in yet, on top of `MaxConnCnt`. */
const MAX_NEW_CONNS = 1024;
/** How long a stopping server waits for acks that are due: what the closing of links leaves. */
const DRAIN_LIMIT_MS = STOP_LIMIT_MS - 2 * CLOSE_LIMIT_MS;
const SERVER_STOPS = "msg_server stops";

export interface RunningMsgServer extends RunningServer<"clients"> {
  /** Resolves when clients can log in: a link to each kind of server that takes is open. */
  readonly linked: Promise<void>;
}

/** @throws {ListenError} when the port cannot be bound */
export async function startMsgServer(
  config: MsgConfig,
  deps: RoleDeps,
): Promise<RunningMsgServer> {
  const server = new MsgServer(config, deps);
  await server.start();
  return server;
}

class MsgServer implements RunningMsgServer {
  readonly linked: Promise<void>;
  #resolveLinked: () => void = () => {};
  readonly #deps: RoleDeps;
  readonly #liveness: Liveness;
  readonly #services: MsgServices;
  readonly #throttle: InputThrottle;
  readonly #fromClients: Dispatcher<ClientConn>;
  readonly #fromDb: Dispatcher<PeerCaller>;
  readonly #fromRoute: Dispatcher<PeerCaller>;
  #listeners: Listener[] = [];
  #stopping: Promise<void> | null = null;

  constructor(config: MsgConfig, deps: RoleDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.linked = new Promise((resolve) => this.#resolveLinked = resolve);
    this.#liveness = new Liveness(clock);
    this.#fromClients = new Dispatcher(clientCommands, log);
    this.#fromDb = new Dispatcher(dbCommands, log);
    this.#fromRoute = new Dispatcher(routeCommands, log);
    const peerDeps: PeerDeps = { ...deps, liveness: this.#liveness };
    const users = new UserTable();
    const conns = new Map<number, ClientConn>();
    const db = new DbLinks({
      addresses: config.dbServers,
      linksPerAddress: config.linksPerDb,
      peerDeps,
      log,
      onFrame: (peer, frame) => this.#receiveFromDb(peer, frame),
      onOpened: () => {
        this.#services.groupFanOut.askAgain();
        this.#linkOpened();
      },
      onLost: () => {
        this.#services.unanswered.reset();
        this.#services.groupFanOut.askAgain();
      },
      onExpired: (count) => this.#services.unanswered.remove(count),
    });
    this.#services = {
      config,
      clock,
      log,
      conns,
      users,
      db,
      routes: new RouteLinks({
        addresses: config.routeServers,
        peerDeps,
        log,
        users,
        onFrame: (peer, frame) => this.#fromRoute.dispatch(this.#caller(peer), frame),
        onOpened: () => this.#linkOpened(),
      }),
      logins: new LoginLinks({
        addresses: config.loginServers,
        peerDeps,
        log,
        publicAddress: () => ({
          ip1: config.publicIp1,
          ip2: config.publicIp2,
          port: this.addresses.clients.port,
          maxConnCnt: config.maxConnCnt,
          hostName: hostname(),
        }),
        connCount: () => users.connCount,
        onOpened: () => this.#linkOpened(),
      }),
      unanswered: new UnansweredMessages(clock),
      counters: new TrafficCounters(),
      startedAtMs: clock.nowMs(),
      publicName: () =>
        formatAddress({ host: config.publicIp1, port: this.addresses.clients.port }),
      groupFanOut: new GroupFanOut({ clock, ask: (frame) => db.send("other", frame) }),
    };
    this.#throttle = new InputThrottle({ clock, db, perSecond: config.maxMsgPerSecond });
  }

  get addresses(): { readonly clients: Address } {
    return { clients: this.#listeners[0]!.address };
  }

  async start(): Promise<void> {
    try {
      for (const address of this.#services.config.listen) {
        this.#listeners.push(await this.#listen(address));
      }
      this.#deps.log.info("listening", { ...this.addresses });
      this.#services.logins.connect();
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** No new clients, then no new input; acks that are due still leave (docs/spec/roles.md 4.5). */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { conns, db, routes, logins, groupFanOut, unanswered } = this.#services;
    for (const listener of this.#listeners) await listener.stop();
    for (const conn of conns.values()) conn.link.pause();
    await Promise.all([logins.stop(), unanswered.settled(DRAIN_LIMIT_MS)]);
    const links = Array.from(conns.values(), (conn) => conn.link);
    await closeLinks(links, { clock: this.#deps.clock, reason: SERVER_STOPS });
    // Now, while route_server can still be told that they went.
    for (const conn of conns.values()) this.#closed(conn, SERVER_STOPS);
    await Promise.all([routes.stop(), db.stop()]);
    groupFanOut.stop();
    this.#throttle.stop();
    this.#liveness.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  #linkOpened(): void {
    const { db, logins, routes } = this.#services;
    if (db.hasOpenLink && logins.hasOpenLink && routes.hasOpenLink) this.#resolveLinked();
  }

  #listen(address: Address): Promise<Listener> {
    const options = {
      maxFrameBytes: NEW_CLIENT_MAX_FRAME_BYTES,
      maxBacklogBytes: CLIENT_MAX_BACKLOG_BYTES,
      maxLinks: this.#services.config.maxConnCnt + MAX_NEW_CONNS,
    };
    return this.#deps.network.listen(address, options, (link) => this.#accept(link));
  }

  #accept(link: Link): LinkHandler {
    const watch = this.#liveness.watch(
      link,
      { maxSilentSec: PC_MAX_SILENT_SEC, heartbeatAfterSec: null },
      LOGIN_DEADLINE_SEC,
    );
    const conn = new ClientConn(link, watch, this.#services);
    this.#services.conns.set(conn.id, conn);
    return {
      frame: (_link, frame) => this.#receive(conn, frame),
      closed: (_link, reason) => this.#closed(conn, reason),
    };
  }

  #receive(conn: ClientConn, frame: Uint8Array): void {
    if (conn.state === "gone" || this.#stopping !== null) return;
    const outcome = this.#fromClients.dispatch(conn, frame);
    // Unknown commands of a logged-in client are dropped (docs/spec/pitfalls.md P-AUTH1).
    if (outcome === "unauthorised" || (outcome === "unknown" && conn.auth === "none")) {
      conn.link.abort("command before login");
      return;
    }
    this.#throttle.afterFrame(conn, commandIdOf(frame) === CID_MSG_DATA ? "message" : "other");
  }

  #receiveFromDb(peer: Peer, frame: Uint8Array): void {
    if (commandIdOf(frame) === CID_MSG_DATA) this.#services.unanswered.remove();
    this.#fromDb.dispatch(this.#caller(peer), frame);
  }

  #closed(conn: ClientConn, reason: string): void {
    const { conns, users, log } = this.#services;
    conns.delete(conn.id);
    this.#throttle.forget(conn);
    if (conn.state === "online") {
      users.remove(conn);
      goOffline(conn);
    }
    conn.state = "gone";
    log.debug("client closed", { connId: conn.id, reason });
  }

  #caller(peer: Peer): PeerCaller {
    return new PeerCaller(peer, this.#services);
  }
}
