/**
 * A cluster of processes on free ports, with the proxies, small disks and clocks that a plan needs.
 * What the plan does not touch is connected directly.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DATABASE_FILE, type StorageConfig } from "../../../servers/db_proxy/config.ts";
import { openStorageBriefly } from "../../../servers/db_proxy/storage.ts";
import { storageEnv } from "../../../servers/db_proxy/test_support/storage_env.ts";
import { systemClock } from "../../../shared/clock.ts";
import type { Storage } from "../../../shared/storage/types.ts";
import type { Plan } from "../plan/fault.ts";
import { DB_PROXIES, MSG_SERVERS, type Topology } from "../plan/topology.ts";
import { dbConf, loginConf, msgConf, routeConf } from "./conf_files.ts";
import { FakeClock } from "./fake_clock.ts";
import { freePorts } from "./free_ports.ts";
import { LinkProxy } from "./link_proxy.ts";
import { ManagedProcess } from "./managed_process.ts";
import { mariadbPool, mariadbProcess } from "./mariadb.ts";
import { redisPools, redisProcess } from "./redis.ts";
import { SmallDisk } from "./small_disk.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
/** msg_servers that take over from the first ones in a rolling restart. */
export const SPARE_MSG_SERVERS: readonly string[] = ["msg2", "msg3"];
/** Room for a run besides what is there at the start, in KiB. */
const DISK_ROOM_KIB = { mariadb: 8 * 1024, redis: 2 * 1024, sqlite: 6 * 1024 } as const;

export interface ClusterOptions {
  readonly topology: Topology;
  readonly plan: Plan;
  /** Of this run; exists and is empty. */
  readonly dir: string;
  /** Needed with MySQL. */
  readonly mariadbTemplate: string | null;
}

type Ports = Readonly<Record<string, number>>;

export class Cluster implements AsyncDisposable {
  readonly processes = new Map<string, ManagedProcess>();
  readonly links = new Map<string, LinkProxy>();
  readonly disks = new Map<string, SmallDisk>();
  readonly clocks = new Map<string, FakeClock>();
  /** What the plan asks for and this machine cannot do. */
  readonly missing = new Set<string>();
  readonly redisDir: string;
  readonly #options: ClusterOptions;
  readonly #stack = new AsyncDisposableStack();
  #ports: Ports = {};
  #storages: Record<string, StorageConfig> = {};

  private constructor(options: ClusterOptions) {
    this.#options = options;
    this.redisDir = join(options.dir, "redis");
  }

  /** Starts everything; `seed` fills the storage before the first server of ours runs. */
  static async start(
    options: ClusterOptions,
    seed: (storage: Storage) => Promise<void>,
  ): Promise<Cluster> {
    const cluster = new Cluster(options);
    try {
      await cluster.#choosePorts();
      await cluster.#openLinks();
      await cluster.#startEngines();
      await cluster.#seed(seed);
      await cluster.#startRoles();
      return cluster;
    } catch (error) {
      await cluster[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Where clients ask for a msg_server, over TCP. */
  get lookupPort(): number {
    return this.#ports["lookup"]!;
  }

  /** Where a process listens. */
  portOf(name: string): number {
    return this.#ports[name]!;
  }

  /** Processes that go down together. */
  groupOf(name: string): readonly ManagedProcess[] {
    return this.#options.topology.groups[name]!.map((one) => this.process(one));
  }

  /** The msg_server that listens there, and the port by which clients reach it. */
  msgServerAt(port: number): { readonly name: string; readonly port: number } {
    const names = this.#options.topology.layout === "suite"
      ? ["suite"]
      : [...MSG_SERVERS, ...SPARE_MSG_SERVERS];
    const name = names.find((one) => this.#ports[one] === port);
    if (name === undefined) throw new Error(`No msg_server listens on port ${port}`);
    return { name, port: this.links.get(`client-${name}`)?.port ?? port };
  }

  process(name: string): ManagedProcess {
    const process = this.processes.get(name);
    if (process === undefined) throw new Error(`There is no process ${name}`);
    return process;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Array.from(this.processes.values(), (process) => process.kill()));
    await this.#stack.disposeAsync();
  }

  async #choosePorts(): Promise<void> {
    const { topology } = this.#options;
    const names = [
      ...topology.processes,
      ...SPARE_MSG_SERVERS,
      ...["lookup", "http", "suite-login", "suite-route", "suite-db"],
      ...topology.links.map((link) => `via ${link}`),
    ];
    const ports = await freePorts(names.length);
    this.#ports = Object.fromEntries(names.map((name, at) => [name, ports[at]!]));
  }

  async #openLinks(): Promise<void> {
    const hit = new Set(this.#options.plan.faults.map(({ target }) => target));
    for (const link of this.#options.topology.links.filter((one) => hit.has(one))) {
      const target = link.split("-")[1]!;
      const proxy = this.#stack.use(
        new LinkProxy(this.#ports[`via ${link}`]!, this.#ports[target]!),
      );
      this.links.set(link, proxy);
      await proxy.refuse("target is down", true);
    }
  }

  /** The port by which one reaches the other. */
  #port(from: string, to: string): number {
    return this.links.get(`${from}-${to}`)?.port ?? this.#ports[to]!;
  }

  async #startEngines(): Promise<void> {
    const { topology, dir, mariadbTemplate } = this.#options;
    if (topology.engine === "sqlite") {
      const data = await this.#dataDir("sqlite", "data");
      for (const name of this.#storing()) {
        this.#storages[name] = { kind: "sqlite", path: join(data, DATABASE_FILE) };
      }
      return;
    }
    const data = await this.#dataDir("mariadb", "mariadb");
    await copyInto(mariadbTemplate!, data);
    await this.#dataDir("redis", "redis");
    await Promise.all([
      this.#add(mariadbProcess(data, this.#ports["mariadb"]!)).start(),
      this.#add(redisProcess(join(dir, "redis"), this.#ports["redis"]!)).start(),
    ]);
    for (const name of this.#storing()) {
      this.#storages[name] = this.#mysqlStorage(
        this.#port(name, "mariadb"),
        this.#port(name, "redis"),
      );
    }
  }

  #mysqlStorage(mariadbPort: number, redisPort: number): StorageConfig {
    return {
      kind: "mysql",
      master: mariadbPool("teamtalk_master", mariadbPort),
      slave: mariadbPool("teamtalk_slave", mariadbPort),
      redis: redisPools(redisPort),
      msfsSite: "http://127.0.0.1:1/",
      keepLegacyHash: true,
      background: "run",
    };
  }

  #storing(): readonly string[] {
    return this.#options.topology.layout === "suite" ? ["suite"] : DB_PROXIES;
  }

  /** A folder of the run, on a small disk when the plan fills it. */
  async #dataDir(name: keyof typeof DISK_ROOM_KIB, folder: string): Promise<string> {
    const dir = join(this.#options.dir, folder);
    await Deno.mkdir(dir, { recursive: true });
    const isFilled = this.#options.plan.faults.some((fault) =>
      fault.kind === "disk" && fault.target === name
    );
    if (!isFilled) return dir;
    const used = name === "mariadb" ? await kibOf(this.#options.mariadbTemplate!) : 0;
    const disk = await SmallDisk.mount(used + DISK_ROOM_KIB[name], dir);
    if (disk === null) this.missing.add("disk: this user may not mount");
    else this.disks.set(name, this.#stack.use(disk));
    return dir;
  }

  async #seed(seed: (storage: Storage) => Promise<void>): Promise<void> {
    const storage = await openStorageBriefly(
      Object.values(this.#storages)[0]!.kind === "mysql"
        ? this.#mysqlStorage(this.#ports["mariadb"]!, this.#ports["redis"]!)
        : Object.values(this.#storages)[0]!,
      systemClock,
    );
    await seed(storage);
    await storage.close();
  }

  async #startRoles(): Promise<void> {
    if (this.#options.topology.layout === "suite") return await (await this.#suite()).start();
    const ports = this.#ports;
    await this.#writeConf(
      "login0",
      "loginserver.conf",
      loginConf({
        clients: ports["lookup"]!,
        http: ports["http"]!,
        msgServers: ports["login0"]!,
      }),
    );
    await this.#writeConf("route0", "routeserver.conf", routeConf(ports["route0"]!));
    const roles = [await this.#role("login0", "login"), await this.#role("route0", "route")];
    for (const name of DB_PROXIES) {
      await this.#writeConf(name, "dbproxyserver.conf", dbConf(ports[name]!));
      roles.push(await this.#role(name, "db_proxy", storageEnv(this.#storages[name]!)));
    }
    await Promise.all(roles.map((role) => role.start()));
    for (const name of [...MSG_SERVERS, ...SPARE_MSG_SERVERS]) {
      await this.#writeConf(name, "msgserver.conf", this.#msgConf(name));
      await this.#role(name, "msg");
    }
    await Promise.all(MSG_SERVERS.map((name) => this.process(name).start()));
  }

  #msgConf(name: string): string {
    const dbs = DB_PROXIES.map((db) => this.#port(name, db));
    return msgConf({
      clients: this.#ports[name]!,
      dbs: this.#options.plan.dbGroups === "split" ? dbs : [...dbs, ...dbs],
      logins: [this.#port(name, "login0")],
      routes: [this.#port(name, "route0")],
    });
  }

  async #suite(): Promise<ManagedProcess> {
    const ports = this.#ports;
    const db = ports["suite-db"]!;
    await this.#writeConf(
      "suite",
      "loginserver.conf",
      loginConf({
        clients: ports["lookup"]!,
        http: ports["http"]!,
        msgServers: ports["suite-login"]!,
      }),
    );
    await this.#writeConf("suite", "routeserver.conf", routeConf(ports["suite-route"]!));
    await this.#writeConf("suite", "dbproxyserver.conf", dbConf(db));
    await this.#writeConf(
      "suite",
      "msgserver.conf",
      msgConf({
        clients: ports["suite"]!,
        dbs: [db, db],
        logins: [ports["suite-login"]!],
        routes: [ports["suite-route"]!],
      }),
    );
    return await this.#role("suite", "suite", storageEnv(this.#storages["suite"]!));
  }

  async #role(
    name: string,
    role: string,
    env: Readonly<Record<string, string>> = {},
  ): Promise<ManagedProcess> {
    const isSet = this.#options.plan.faults.some((fault) =>
      fault.kind === "clock" && fault.target === name
    );
    const clock = isSet ? await FakeClock.make(join(this.#options.dir, `${name}.clock`)) : null;
    if (clock !== null) this.clocks.set(name, clock);
    else if (isSet) this.missing.add("clock: libfaketime is not installed");
    return this.#add(
      new ManagedProcess({
        name,
        command: Deno.execPath(),
        args: [
          ...["run", "-A", "--no-check", `servers/${role}/main.ts`],
          ...["--conf", join(this.#options.dir, name)],
        ],
        env: { ...env, ...clock?.env },
        cwd: ROOT,
        ready: /^ready in /,
      }),
    );
  }

  #add(process: ManagedProcess): ManagedProcess {
    this.processes.set(process.name, process);
    const proxies = [...this.links].filter(([link]) => link.endsWith(`-${process.name}`));
    process.onUp = (isUp) => {
      for (const [, proxy] of proxies) void proxy.refuse("target is down", !isUp);
    };
    return process;
  }

  async #writeConf(name: string, file: string, text: string): Promise<void> {
    await Deno.mkdir(join(this.#options.dir, name), { recursive: true });
    await Deno.writeTextFile(join(this.#options.dir, name, file), text);
  }
}

async function copyInto(from: string, to: string): Promise<void> {
  const { success } = await new Deno.Command("cp", { args: ["-a", `${from}/.`, to] }).output();
  if (!success) throw new Error(`Cannot copy ${from}`);
}

async function kibOf(dir: string): Promise<number> {
  const { stdout } = await new Deno.Command("du", { args: ["-sk", dir] }).output();
  return Number.parseInt(new TextDecoder().decode(stdout));
}
