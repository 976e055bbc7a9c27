/**
 * msg_server: holds the client connections.
 *
 * All state is in memory and touched only between awaits, of which there are none: a handler runs
 * from a PDU to its effects without interruption, and what takes time (storage, other servers)
 * happens on the other end of a link and comes back as a PDU of its own.
 */
import { type ClientBinding, tlsAddress } from "../../shared/config/mod.ts";
import { Dispatcher } from "../../shared/dispatch/mod.ts";
import {
  type Address,
  bareAddress,
  CLOSE_LIMIT_MS,
  closeLinks,
  type Link,
  type LinkHandler,
  type Listener,
  Liveness,
  Newcomers,
} from "../../shared/netlib/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { type RoleDeps, type RunningServer, STOP_LIMIT_MS } from "../../shared/role.ts";
import { clientCommands } from "./commands.ts";
import type { MsgConfig } from "./config.ts";
import { inputKindOf, InputThrottle } from "./input_throttle.ts";
import { openServices } from "./open_services.ts";
import type { MsgServices } from "./services.ts";
import { CLIENT_MAX_FRAME_BYTES, goOffline, PC_POLICY } from "./sessions.ts";
import { ClientConn } from "./state/client_conn.ts";

/** Largest frame before the login, in bytes (docs/spec/wire.md 2). */
const NEW_CLIENT_MAX_FRAME_BYTES = 64 * 1024;
/** Unsent output at which a client that does not read is cut off (docs/spec/pitfalls.md P-FRM3). */
const CLIENT_MAX_BACKLOG_BYTES = 8 * CLIENT_MAX_FRAME_BYTES;
/** Seconds from the accept to the login (docs/spec/wire.md 3). */
const LOGIN_DEADLINE_SEC = 15;
/** How long a stopping server waits for acks that are due: what the closing of links leaves. */
const DRAIN_LIMIT_MS = STOP_LIMIT_MS - 2 * CLOSE_LIMIT_MS;
const SERVER_STOPS = "msg_server stops";

export interface RunningMsgServer extends RunningServer<"clients"> {
  /** Where clients connect with TLS; `null`: nowhere. */
  readonly tlsClients: Address | null;
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
  /** Connections that have not asked to log in. */
  readonly #newcomers: Newcomers;
  readonly #fromClients: Dispatcher<ClientConn>;
  /** One for all clients: most of them say nothing for hours, and each would keep its own. */
  readonly #clientHandler: LinkHandler = {
    frame: ({ id }, frame) => this.#receive(this.#services.conns.get(id)!, frame),
    closed: ({ id }, reason) => {
      const conn = this.#services.conns.get(id);
      if (conn !== undefined) this.#closed(conn, reason);
    },
  };
  #listeners: Listener[] = [];
  #stopping: Promise<void> | null = null;

  constructor(config: MsgConfig, deps: RoleDeps) {
    const { clock, log } = deps;
    this.#deps = deps;
    this.linked = new Promise((resolve) => this.#resolveLinked = resolve);
    this.#liveness = new Liveness(clock);
    this.#newcomers = new Newcomers(config.limits.newcomers);
    this.#fromClients = new Dispatcher(clientCommands, log);
    this.#services = openServices({
      config,
      deps,
      liveness: this.#liveness,
      clientPort: () => this.addresses.clients.port,
      tlsPort: () => this.tlsClients?.port ?? null,
      onLinkOpened: () => this.#linkOpened(),
    });
    const { db } = this.#services;
    this.#throttle = new InputThrottle({
      clock,
      db,
      perSecond: config.maxMsgPerSecond,
      requestsPerSecond: config.maxRequestsPerSecond,
    });
  }

  get addresses(): { readonly clients: Address } {
    return { clients: this.#listeners[0]!.address };
  }

  /** `null`: no client can come with TLS. */
  get tlsClients(): Address | null {
    const bound = this.#listeners.map(({ address }) => address);
    return tlsAddress(this.#services.config.listen, bound);
  }

  async start(): Promise<void> {
    try {
      for (const binding of this.#services.config.listen) {
        this.#listeners.push(await this.#listen(binding));
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
    const { conns, db, routes, logins, files, groupFanOut, unanswered } = this.#services;
    const { pushes, pushLinks } = this.#services;
    for (const listener of this.#listeners) await listener.stop();
    for (const conn of conns.values()) conn.link.pause();
    await Promise.all([logins.stop(), unanswered.settled(DRAIN_LIMIT_MS)]);
    const links = Array.from(conns.values(), (conn) => conn.link);
    await closeLinks(links, { clock: this.#deps.clock, reason: SERVER_STOPS });
    // Now, while route_server can still be told that they went.
    for (const conn of conns.values()) this.#closed(conn, SERVER_STOPS);
    await pushes.stop();
    await Promise.all([routes.stop(), db.stop(), files.stop(), pushLinks.stop()]);
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

  #listen({ host, port, tls }: ClientBinding): Promise<Listener> {
    const { maxConnCnt, limits } = this.#services.config;
    const options = {
      tls,
      maxFrameBytes: NEW_CLIENT_MAX_FRAME_BYTES,
      maxBacklogBytes: CLIENT_MAX_BACKLOG_BYTES,
      // Those that are on their way in are on top of those that are in, and one more: for it the
      // oldest that says nothing is closed.
      maxLinks: maxConnCnt + limits.newcomers.max + 1,
      ...limits,
    };
    return this.#deps.network.listen({ host, port }, options, (link) => this.#accept(link));
  }

  #accept(link: Link): LinkHandler {
    const watch = this.#liveness.watch(link, PC_POLICY, LOGIN_DEADLINE_SEC);
    const leave = this.#newcomers.enter(
      bareAddress(link.remote),
      (reason) => link.abort(reason),
    );
    const conn = new ClientConn(link, { watch, leave, services: this.#services });
    this.#services.conns.set(conn.id, conn);
    return this.#clientHandler;
  }

  #receive(conn: ClientConn, frame: Uint8Array): void {
    if (conn.state === "gone" || this.#stopping !== null) return;
    const outcome = this.#fromClients.dispatch(conn, frame);
    // Unknown commands of a logged-in client are dropped (docs/spec/pitfalls.md P-AUTH1).
    if (outcome === "unauthorised" || (outcome === "unknown" && conn.auth === "none")) {
      conn.link.abort("command before login");
      return;
    }
    this.#throttle.afterFrame(conn, inputKindOf(commandIdOf(frame)), frame.length);
  }

  #closed(conn: ClientConn, reason: string): void {
    const { conns, users, log } = this.#services;
    conns.delete(conn.id);
    conn.leaveNewcomers();
    this.#throttle.forget(conn);
    if (conn.state === "online") {
      users.remove(conn);
      goOffline(conn);
    }
    conn.refusal?.cancel();
    conn.state = "gone";
    log.debug("client closed", { connId: conn.id, reason });
  }
}
