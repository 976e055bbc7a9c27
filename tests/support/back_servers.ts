/** The servers of a cluster that msg_servers connect to. Each can be stopped and started again. */
import { startDbProxyServer } from "../../servers/db_proxy/server.ts";
import type { StorageConfig } from "../../servers/db_proxy/config.ts";
import { DEFAULT_NIGHT } from "../../servers/db_proxy/state/night.ts";
import { CHEAP_PASSWORDS } from "../../servers/db_proxy/test_support/tasks.ts";
import type { LoginConfig } from "../../servers/login/config.ts";
import { startLoginServer } from "../../servers/login/server.ts";
import { startRouteServer } from "../../servers/route/server.ts";
import { type LinkSecurity, OPEN_LINKS } from "../../shared/links/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import type { RoleDeps } from "../../shared/role.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";

export type BackServer = "db_proxy" | "login_server" | "route_server";

export const ANY_PORT = 0;
const HOST = "127.0.0.1";

export interface BackServersOptions {
  /** How many of each; default: one. */
  readonly backs?: Partial<Readonly<Record<BackServer, number>>>;
  readonly links: "memory" | "tcp";
  readonly msgServers?: number;
  readonly data: StorageConfig;
  readonly linkSecurity?: LinkSecurity;
  readonly loginTls?: LoginConfig["Tls"];
}

interface Started {
  /** Where msg_servers connect. */
  readonly address: Address;
  stop(): Promise<void>;
}

interface Lookup {
  readonly tcp: Address;
  readonly http: Address;
  readonly tls: Readonly<Record<"client" | "http", Address | null>>;
}

export class BackServers implements AsyncDisposable {
  readonly #options: BackServersOptions;
  readonly #deps: RoleDeps;
  readonly #servers: Record<BackServer, Started[]> = {
    db_proxy: [],
    login_server: [],
    route_server: [],
  };
  #lookup: Lookup | null = null;

  private constructor(options: BackServersOptions, deps: RoleDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  static async start(options: BackServersOptions, deps: RoleDeps): Promise<BackServers> {
    const backs = new BackServers(options, deps);
    try {
      for (const name of ["db_proxy", "login_server", "route_server"] as const) {
        for (let i = 0; i < (options.backs?.[name] ?? 1); i++) {
          backs.#servers[name].push(await backs.#start(name, ANY_PORT));
        }
      }
      return backs;
    } catch (error) {
      await backs[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The first login_server's ports for clients. */
  get lookup(): Lookup {
    return this.#lookup!;
  }

  addresses(name: BackServer): readonly Address[] {
    return this.#servers[name].map(({ address }) => address);
  }

  stop(name: BackServer, index: number): Promise<void> {
    return this.#servers[name][index]!.stop();
  }

  /** On its old address and data. */
  async restart(name: BackServer, index: number): Promise<void> {
    const { address } = this.#servers[name][index]!;
    this.#servers[name][index] = await this.#start(name, address.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const name of ["route_server", "login_server", "db_proxy"] as const) {
      await Promise.all(this.#servers[name].map((server) => server.stop()));
    }
  }

  get #linkSecurity(): LinkSecurity {
    return this.#options.linkSecurity ?? OPEN_LINKS;
  }

  async #start(name: BackServer, port: number): Promise<Started> {
    if (name === "db_proxy") return await this.#startDb(port);
    if (name === "route_server") return await this.#startRoute(port);
    return await this.#startLogin(port);
  }

  async #startDb(port: number): Promise<Started> {
    const { links, msgServers = 1, data } = this.#options;
    const server = await startDbProxyServer({
      listen: [{ host: HOST, port }],
      // Several workers where the storage allows it: what belongs together must meet in one of them.
      threadNum: links === "memory" ? 0 : msgServers,
      linkSecurity: this.#linkSecurity,
      stopGraceMs: 0,
      storage: data,
      aesKey: DEFAULT_CLIENT_AES_KEY,
      night: DEFAULT_NIGHT,
      passwords: CHEAP_PASSWORDS,
    }, {
      ...this.#deps,
      onFatal: (error) => {
        throw error;
      },
    });
    return { address: server.addresses.peers, stop: () => server.stop() };
  }

  async #startLogin(port: number): Promise<Started> {
    const server = await startLoginServer({
      ClientListenIP: [HOST],
      ClientPort: ANY_PORT,
      HttpListenIP: [HOST],
      HttpPort: ANY_PORT,
      MsgServerListenIP: [HOST],
      MsgServerPort: port,
      Tls: this.#options.loginTls ?? null,
      Links: this.#linkSecurity,
      msfs: "http://127.0.0.1:8700/",
      discovery: "http://127.0.0.1/api/discovery",
      MaxConnCntPerIP: 0,
      MaxClientConnCnt: 10_000,
      MaxMsgServerConnCnt: 100,
      MaxClientPduBytes: 64 * 1024,
    }, this.#deps);
    this.#lookup ??= {
      tcp: server.addresses.client,
      http: server.addresses.http,
      tls: server.tlsAddresses,
    };
    return { address: server.addresses.msgServer, stop: () => server.stop() };
  }

  async #startRoute(port: number): Promise<Started> {
    const server = await startRouteServer({
      ListenIP: [HOST],
      ListenMsgPort: port,
      Links: this.#linkSecurity,
      MaxConnCnt: 100,
      MaxPduBytes: 64 * 1024 * 1024,
    }, this.#deps);
    return { address: server.addresses.msgServer, stop: () => server.stop() };
  }
}
