/**
 * All roles in one process. They meet as they would in a cluster, over links; only that the links
 * between them stay in memory when the network they are given is a {@link SuiteNetwork}.
 */
import type { Address } from "../../shared/netlib/mod.ts";
import { type DbProxyDeps, startDbProxyServer } from "../db_proxy/server.ts";
import { startLoginServer } from "../login/server.ts";
import { startMsgServer } from "../msg/server.ts";
import { startRouteServer } from "../route/server.ts";
import type { SuiteConfig } from "./config.ts";

export interface RunningSuite {
  /** Where clients connect. */
  readonly addresses: {
    readonly http: Address;
    readonly loginClients: Address;
    readonly msgClients: Address;
  };
  stop(): Promise<void>;
}

/**
 * Starts db_proxy, login, route and msg server, and waits until clients can log in.
 * @throws {StorageError | ListenError} when one cannot start; those already started are stopped
 */
export async function startSuite(config: SuiteConfig, deps: DbProxyDeps): Promise<RunningSuite> {
  const role = (name: string): DbProxyDeps => ({ ...deps, log: deps.log.child({ role: name }) });
  // Stopped in reverse order: msg_server first, so that it can still be answered.
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  try {
    started.push(await startDbProxyServer(config.dbProxy, role("db_proxy_server")));
    const login = await startLoginServer(config.login, role("login_server"));
    started.push(login);
    started.push(await startRouteServer(config.route, role("route_server")));
    const msg = await startMsgServer(config.msg, role("msg_server"));
    started.push(msg);
    await msg.linked;
    return {
      addresses: {
        http: login.addresses.http,
        loginClients: login.addresses.client,
        msgClients: msg.addresses.clients,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
