/** A msg_server and an http_msg_server among {@link HostileServer}s, on time that the test moves. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { startHttpMsgServer } from "../../../servers/http_msg/server.ts";
import { startMsgServer } from "../../../servers/msg/server.ts";
import { ManualClock } from "../../../shared/clock.ts";
import type { Address } from "../../../shared/netlib/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import { STOP_LIMIT_MS } from "../../../shared/role.ts";
import { WatchedLog } from "../../../shared/test_support/watched_log.ts";
import { httpConfig } from "../../support/http_fixture.ts";
import { loginFrame } from "../../support/raw_login.ts";
import { Aftermath, turns } from "./aftermath.ts";
import { BareLink } from "./bare_link.ts";
import { GuardNetwork } from "./guard_network.ts";
import { HostileServer } from "./hostile_server.ts";
import { TEST_MSG_CONFIG } from "../../support/msg_config.ts";

export const HOSTILE = ["db", "route", "login", "file", "push"] as const;
export type HostileName = (typeof HOSTILE)[number];

const FRIENDS: ReadonlyMap<string, number> = new Map([["fuzz1", 3_141_592], [
  "witness",
  3_141_593,
]]);
/** Enough for a login with all that it causes. */
const TURNS = 60;
/** More than the longest wait for a new link, with its jitter, in steps that keep links alive. */
const STEP_MS = 5000;
const STEPS = 20;

export class HostileServers implements AsyncDisposable {
  readonly #clock: ManualClock;
  readonly #network: GuardNetwork;
  readonly #servers: Readonly<Record<HostileName, HostileServer>>;
  readonly #clients: Address;
  readonly #aftermath: Aftermath;
  readonly #stack: AsyncDisposableStack;
  #client: BareLink | null = null;

  private constructor(parts: {
    readonly clock: ManualClock;
    readonly network: GuardNetwork;
    readonly servers: Readonly<Record<HostileName, HostileServer>>;
    readonly clients: Address;
    readonly log: WatchedLog;
    readonly stack: AsyncDisposableStack;
  }) {
    this.#clock = parts.clock;
    this.#network = parts.network;
    this.#servers = parts.servers;
    this.#clients = parts.clients;
    this.#aftermath = new Aftermath(parts.network, parts.log);
    this.#stack = parts.stack;
  }

  static async start(): Promise<HostileServers> {
    await using stack = new AsyncDisposableStack();
    const clock = new ManualClock();
    const network = new GuardNetwork(clock);
    const log = new WatchedLog("warn");
    const listen = async (): Promise<HostileServer> => {
      const server = await HostileServer.listen(network, FRIENDS);
      stack.defer(() => server.stop());
      return server;
    };
    const servers = {
      db: await listen(),
      route: await listen(),
      login: await listen(),
      file: await listen(),
      push: await listen(),
    };
    const deps = { network, clock, random: seededRandom(1), log: log.logger };
    const { db, route, login, file, push } = servers;
    const msg = stack.use(
      await startMsgServer({
        ...TEST_MSG_CONFIG,
        dbServers: [db.address, db.address],
        loginServers: [login.address],
        routeServers: [route.address],
        fileServers: [file.address],
        pushServers: [push.address],
        publicIp1: "192.0.2.1",
        publicIp2: "192.0.2.2",
        maxConnCnt: 100,
      }, deps),
    );
    const api = httpConfig({ db: db.address, route: route.address, logins: [login.address] });
    stack.use(await startHttpMsgServer(api, deps));
    await msg.linked;
    await turns(TURNS);
    const { clients } = msg.addresses;
    return new HostileServers({ clock, network, servers, clients, log, stack: stack.move() });
  }

  sendAs(name: HostileName, frame: Uint8Array): void {
    this.#servers[name].send(frame);
  }

  answerAs(name: HostileName, frame: Uint8Array): void {
    this.#servers[name].answer(frame);
  }

  /** As a user who is logged in, as far as these servers let one in. */
  async sendAsClient(frame: Uint8Array): Promise<void> {
    if (!this.#client?.isOpen) this.#client = await this.#logIn("fuzz1");
    this.#client.send(frame);
  }

  /** Lets time pass, too little for anything but new links. */
  pass(ms: number): void {
    for (const name of HOSTILE) this.#servers[name].beat();
    this.#clock.advance(ms);
  }

  /** @throws when a handler failed, links are not as they were, or nobody can log in */
  async check(): Promise<void> {
    await this.#client?.close();
    this.#client = null;
    // What they have said about themselves holds as long as a link: one may have said that it stops.
    for (const name of HOSTILE) this.#servers[name].drop();
    await turns(TURNS);
    for (let step = 0; step < STEPS && !this.#aftermath.isQuiet; step++) {
      this.pass(STEP_MS);
      await turns(TURNS);
    }
    await this.#aftermath.check();
    const witness = await this.#logIn("witness");
    assert.ok(witness.isOpen, "the witness was let in");
    witness.send(buildFrame(proto.CID_MSG_TIME_REQUEST, 5, new Uint8Array(0)));
    const time = await witness.answer(proto.CID_MSG_TIME_RESPONSE);
    assert.ok(time !== null && proto.IMClientTimeRsp.decode(bodyOf(time)));
    await witness.close();
    await this.#aftermath.check();
  }

  async #logIn(userName: string): Promise<BareLink> {
    const link = new BareLink(this.#network, this.#clients);
    link.send(loginFrame({ user_name: userName }));
    const answer = link.answer(proto.CID_LOGIN_RES_USERLOGIN);
    await Promise.race([answer, turns(TURNS)]);
    return link;
  }

  /** As a stopping server waits for what is due, time has to pass meanwhile. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client?.close();
    let isDone = false;
    const disposing = this.#stack.disposeAsync().finally(() => isDone = true);
    while (!isDone) {
      await turns(TURNS);
      if (!isDone) this.#clock.advance(STOP_LIMIT_MS);
    }
    await disposing;
  }
}
