/** A msg_server whose clients and neighbours are all played by the test, on time that stands still. */
import assert from "node:assert/strict";
import {
  CID_LOGIN_RES_USERLOGIN,
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_ONLINE_USER_INFO,
  CID_OTHER_ROLE_SET,
  CID_OTHER_SERVER_KICK_USER,
  CID_OTHER_USER_CNT_UPDATE,
  CID_OTHER_USER_STATUS_UPDATE,
  CID_OTHER_VALIDATE_REQ,
  CID_OTHER_VALIDATE_RSP,
  CLIENT_TYPE_ANDROID,
  type ClientType,
  IMLoginRes,
  IMMsgServInfo,
  IMOnlineUserInfo,
  IMRoleSet,
  IMServerKickUser,
  IMUserCntUpdate,
  IMUserStatusUpdate,
  IMValidateReq,
  IMValidateRsp,
  type UserInfo,
} from "../../proto/mod.ts";
import type { MsgConfig } from "../../servers/msg/config.ts";
import { type RunningMsgServer, startMsgServer } from "../../servers/msg/server.ts";
import { ManualClock } from "../../shared/clock.ts";
import { type Link, MemoryNetwork, type Network, TcpNetwork } from "../../shared/netlib/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { seededRandom } from "../../shared/random.ts";
import { STOP_LIMIT_MS } from "../../shared/role.ts";
import { type PlayedCounts, PlayedServers } from "./played_servers.ts";
import { sendLogin } from "./raw_login.ts";
import { ScriptedLink } from "./scripted_link.ts";
import { type Received, ScriptedServer } from "./scripted_server.ts";
import { WatchedLog } from "./watched_log.ts";
import { TEST_MSG_CONFIG } from "./msg_config.ts";

export interface MsgFixtureOptions
  extends Partial<Omit<MsgConfig, "fileServers" | "pushServers">>, PlayedCounts {
  /** Default: TCP. */
  readonly links?: "tcp" | "memory";
}

/** Links of the one db_proxy: both groups lead to it. */
export const DB_LINKS = 2;
/** Turns of the event loop in which everything that is under way arrives. */
const TURNS_TO_FLUSH = 500;
/** The first wait of a server that lost a link, with its jitter. */
export const RECONNECT_MS = 5000;

export class MsgFixture implements AsyncDisposable {
  readonly clock: ManualClock;
  readonly log: WatchedLog;
  readonly server: RunningMsgServer;
  readonly db: ScriptedServer;
  readonly route: ScriptedServer;
  readonly login: ScriptedServer;
  readonly #played: PlayedServers;
  readonly #network: Network;
  readonly #journal: Journal;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: {
    readonly clock: ManualClock;
    readonly log: WatchedLog;
    readonly server: RunningMsgServer;
    readonly neighbours: readonly [
      db: ScriptedServer,
      route: ScriptedServer,
      login: ScriptedServer,
    ];
    readonly played: PlayedServers;
    readonly network: Network;
    readonly journal: Journal;
    readonly stack: AsyncDisposableStack;
  }) {
    this.clock = parts.clock;
    this.log = parts.log;
    this.server = parts.server;
    [this.db, this.route, this.login] = parts.neighbours;
    this.#played = parts.played;
    this.#network = parts.network;
    this.#journal = parts.journal;
    this.#stack = parts.stack;
  }

  /** Started and linked; what the neighbours are told at the beginning was taken and checked. */
  static async start(options: MsgFixtureOptions = {}): Promise<MsgFixture> {
    const { links = "tcp", fileServers = 0, pushServers = 0, ...config } = options;
    await using stack = new AsyncDisposableStack();
    const clock = new ManualClock();
    const network = links === "tcp" ? new TcpNetwork(clock) : new MemoryNetwork(clock);
    const log = new WatchedLog();
    const listen = async (name: string): Promise<ScriptedServer> =>
      stack.use(await ScriptedServer.listen(name, network));
    const db = await listen("db_proxy");
    const route = await listen("route_server");
    const login = await listen("login_server");
    const played = stack.use(
      await PlayedServers.listen(network, { fileServers, pushServers }),
    );
    const journal = new Journal(network, [
      ["route", route],
      ["db", db],
      ["login", login],
      ...played.files.map((file) => ["file", file] as const),
      ...played.pushes.map((push) => ["push", push] as const),
    ]);
    const server = stack.use(
      await startMsgServer({
        ...TEST_MSG_CONFIG,
        dbServers: [db.address, db.address],
        loginServers: [login.address],
        routeServers: [route.address],
        ...played.addresses,
        publicIp1: "192.0.2.1",
        publicIp2: "192.0.2.2",
        maxConnCnt: 100,
        ...config,
      }, { network: journal.network, clock, random: seededRandom(1), log: log.logger }),
    );
    await server.linked;
    await db.untilLinks(DB_LINKS);
    const { message } = await login.expect(CID_OTHER_MSG_SERV_INFO, IMMsgServInfo);
    assert.deepEqual([message.ip1, message.ip2], ["192.0.2.1", "192.0.2.2"]);
    assert.equal(message.port, server.addresses.clients.port);
    assert.equal((await route.expect(CID_OTHER_ROLE_SET, IMRoleSet)).message.master, 1);
    await route.expect(CID_OTHER_ONLINE_USER_INFO, IMOnlineUserInfo);
    await played.linked(1, log);
    const neighbours = [db, route, login] as const;
    return new MsgFixture({
      clock,
      log,
      server,
      neighbours,
      played,
      network,
      journal,
      stack: stack.move(),
    });
  }

  get files(): readonly ScriptedServer[] {
    return this.#played.files;
  }

  get pushes(): readonly ScriptedServer[] {
    return this.#played.pushes;
  }

  /** A client that has not logged in. */
  connect(): Promise<ScriptedLink> {
    const { clients } = this.server.addresses;
    const memory = this.#network instanceof MemoryNetwork ? this.#network : undefined;
    return ScriptedLink.connect(clients, memory);
  }

  /** The login request of a new client as db_proxy gets it; {@link acceptance} is the way in. */
  async ask(
    userId: number,
    clientType: ClientType = CLIENT_TYPE_ANDROID,
  ): Promise<{ client: ScriptedLink; request: Received<IMValidateReq> }> {
    const client = await this.connect();
    sendLogin(client, { user_name: `user${userId}`, client_type: clientType });
    return { client, request: await this.db.expect(CID_OTHER_VALIDATE_REQ, IMValidateReq) };
  }

  /** Logs `user<id>` in as the only terminal of its class; what the neighbours hear is taken. */
  async logIn(userId: number, clientType?: ClientType): Promise<ScriptedLink> {
    const { client, request } = await this.ask(userId, clientType);
    request.answer(CID_OTHER_VALIDATE_RSP, acceptance(request.message, userId));
    await this.route.expect(CID_OTHER_SERVER_KICK_USER, IMServerKickUser);
    await this.route.expect(CID_OTHER_USER_STATUS_UPDATE, IMUserStatusUpdate);
    await this.login.expect(CID_OTHER_USER_CNT_UPDATE, IMUserCntUpdate);
    const answer = await client.expect(CID_LOGIN_RES_USERLOGIN, IMLoginRes);
    assert.equal(answer.result_code, 0);
    return client;
  }

  /** Waits until the server has noticed so many more clients going than at `before`. */
  async clientsGone(count: number, before: number): Promise<void> {
    await this.log.logged("client closed", before + count);
  }

  get clientsClosed(): number {
    return this.log.countOf("client closed");
  }

  /**
   * What the server sent since the last call, in order, heartbeats left out: `route 0x070d`, or
   * `client 2 0x0104` for the second client that was accepted.
   */
  takeJournal(): string[] {
    return this.#journal.take();
  }

  /** Has the db_proxy links opened again, after `drop`. */
  async reconnectDb(): Promise<void> {
    const opened = this.log.countOf("db_proxy link opened");
    this.clock.advance(RECONNECT_MS);
    await this.log.logged("db_proxy link opened", opened + DB_LINKS);
  }

  /** Drops the db_proxy links, and waits until the server has noticed. */
  async loseDb(): Promise<void> {
    const lost = this.log.countOf("db_proxy link lost");
    await this.db.drop();
    await this.log.logged("db_proxy link lost", lost + DB_LINKS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    let isDone = false;
    const disposing = this.#stack.disposeAsync().finally(() => isDone = true);
    // A stopping server waits for acks that are due; here nobody may send them any more. Time moves
    // only when nothing else does, as it also limits how long links may take to flush.
    for (let turns = 1; !isDone; turns++) {
      await new Promise((resolve) => setImmediate(resolve));
      if (turns % TURNS_TO_FLUSH === 0) this.clock.advance(STOP_LIMIT_MS);
    }
    await disposing;
    assert.equal(this.clock.pendingTimers, 0, "a stopped server leaves no timer");
  }
}

/** IMValidateRsp for a right password. */
export function acceptance({ user_name, attach_data }: IMValidateReq, userId: number): Uint8Array {
  return IMValidateRsp.encode({
    user_name,
    result_code: 0,
    result_string: "成功",
    user_info: userInfo(userId),
    attach_data: attach_data ?? new Uint8Array(0),
  });
}

export function userInfo(userId: number): UserInfo {
  return {
    user_id: userId,
    user_gender: 1,
    user_nick_name: `nick${userId}`,
    avatar_url: "",
    department_id: 1,
    email: "",
    user_real_name: `user${userId}`,
    user_tel: "",
    user_domain: "",
    status: 0,
    sign_info: "",
  };
}

/** A network that notes every frame at the moment it is sent: the order across all links. */
class Journal {
  readonly network: Network;
  readonly #lines: string[] = [];

  constructor(network: Network, servers: readonly (readonly [string, ScriptedServer])[]) {
    let clients = 0;
    this.network = {
      listen: (address, options, accept) =>
        network.listen(
          address,
          options,
          (link) => accept(this.#noted(`client ${++clients}`, link)),
        ),
      connect: (address, limits, handler) => {
        const server = servers.find(([, { address: { port } }]) => port === address.port);
        return this.#noted(server![0], network.connect(address, limits, handler));
      },
      serveHttp: (address, handler) => network.serveHttp(address, handler),
      serveLookups: (address, handler, options) => network.serveLookups(address, handler, options),
    };
  }

  take(): string[] {
    return this.#lines.splice(0).filter((line) => !line.endsWith("0x0701"));
  }

  #noted(name: string, link: Link): Link {
    const send = link.send.bind(link);
    link.send = (frame) => {
      this.#lines.push(`${name} 0x${commandIdOf(frame).toString(16).padStart(4, "0")}`);
      send(frame);
    };
    return link;
  }
}
