/** All roles that take commands, in memory, and whether they still serve. */
import assert from "node:assert/strict";
import { DATABASE_FILE } from "../../../servers/db_proxy/config.ts";
import { startFileServer } from "../../../servers/file/server.ts";
import { loadPushConfig } from "../../../servers/push/config.ts";
import { startPushServer } from "../../../servers/push/server.ts";
import { systemClock } from "../../../shared/clock.ts";
import { memorySource } from "../../../shared/config/mod.ts";
import type { Address } from "../../../shared/netlib/mod.ts";
import { seededRandom } from "../../../shared/random.ts";
import type { RoleDeps } from "../../../shared/role.ts";
import type { Storage } from "../../../shared/storage/types.ts";
import { WatchedLog } from "../../../shared/test_support/watched_log.ts";
import { type Cluster, startCluster } from "../../support/cluster.ts";
import { demoData, demoUser } from "../../support/demo_data.ts";
import { FILE_CONFIG } from "../../support/file_fixture.ts";
import { Aftermath, turns } from "./aftermath.ts";
import { GuardNetwork } from "./guard_network.ts";

/** Ids that inputs do not hit by chance: what these users can do is left alone. */
const FIRST_FUZZ_ID = 3_141_592;
const FUZZ_USERS: readonly string[] = ["fuzz1", "fuzz2", "witness"];

async function seed(storage: Storage): Promise<void> {
  const ids = FUZZ_USERS.map((_, at) => FIRST_FUZZ_ID + at);
  const group = { id: 1, type: 1, creator: 1, members: [1, 2, 3, ...ids] };
  await demoData(5, [])(storage);
  const added = await storage.users.add(
    FUZZ_USERS.map((name, at) => demoUser(ids[at]!, { name, domain: name })),
  );
  assert.ok(added.ok);
  await storage.groups.create({ ...group, name: "group1", avatar: "", created: 1_600_000_000 });
}

/** Until a msg_server has its links to file_server and push_server too. */
const TURNS_TO_LINK = 100;
/** Tasks that nobody works on go soon, in seconds, so that there are never too many of them. */
const FILE_LIMITS = { MaxConnCnt: 1000, TaskTimeout: 2, WaitTimeout: 2 } as const;

export interface Ports {
  readonly msg: Address;
  readonly lookup: Address;
  readonly login: Address;
  readonly route: Address;
  readonly dbProxy: Address;
  readonly file: Address;
  readonly fileTasks: Address;
  readonly push: Address;
}

export class FuzzCluster implements AsyncDisposable {
  readonly network: GuardNetwork;
  readonly ports: Ports;
  /** The file of the database. */
  readonly databasePath: string;
  readonly #cluster: Cluster;
  readonly #aftermath: Aftermath;
  readonly #stack: AsyncDisposableStack;

  private constructor(parts: {
    readonly network: GuardNetwork;
    readonly ports: Ports;
    readonly databasePath: string;
    readonly cluster: Cluster;
    readonly log: WatchedLog;
    readonly stack: AsyncDisposableStack;
  }) {
    this.network = parts.network;
    this.ports = parts.ports;
    this.databasePath = parts.databasePath;
    this.#cluster = parts.cluster;
    this.#aftermath = new Aftermath(parts.network, parts.log);
    this.#stack = parts.stack;
  }

  static async start(): Promise<FuzzCluster> {
    await using stack = new AsyncDisposableStack();
    const dir = await Deno.makeTempDir({ prefix: "teamtalk_fuzz_" });
    stack.defer(() => Deno.remove(dir, { recursive: true }));
    const log = new WatchedLog("warn");
    const clock = systemClock;
    const network = new GuardNetwork(clock);
    const deps: RoleDeps = { network, clock, random: seededRandom(1), log: log.logger };
    const file = await startFileServer({ ...FILE_CONFIG, ...FILE_LIMITS, StoreDir: dir }, deps);
    stack.defer(() => file.stop());
    const files = { "pushserver.conf": "ListenIP=127.0.0.1\nListenPort=0\n" };
    const push = await startPushServer(loadPushConfig(memorySource({ files })), deps);
    stack.defer(() => push.stop());
    const cluster = stack.use(
      await startCluster({
        links: "memory",
        network,
        log,
        seed,
        dataDir: dir,
        fileServers: [file.addresses.msgServers],
        pushServers: [push.addresses.msgServer],
      }),
    );
    await turns(TURNS_TO_LINK);
    const ports: Ports = {
      msg: cluster.msgServers[0]!,
      lookup: cluster.lookupTcp,
      login: cluster.loginServers[0]!,
      route: cluster.routeServer,
      dbProxy: cluster.dbProxy,
      file: file.addresses.clients,
      fileTasks: file.addresses.msgServers,
      push: push.addresses.msgServer,
    };
    const databasePath = `${dir}/${DATABASE_FILE}`;
    return new FuzzCluster({ network, ports, databasePath, cluster, log, stack: stack.move() });
  }

  /** @throws when a handler failed, a link stayed, or somebody who logs in now is not served */
  async check(): Promise<void> {
    await this.#aftermath.check();
    const witness = await this.#cluster.login("witness");
    await witness.serverTime();
    await witness.unread();
    await witness.logout();
    await this.#aftermath.check();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}
