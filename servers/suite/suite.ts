/**
 * All roles in one process. They meet as they would in a cluster, over links; only that the links
 * between them stay in memory when the network they are given is a {@link SuiteNetwork}.
 */
import type { AdminConfig } from "../../admin/config.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import type { RunningServer } from "../../shared/role.ts";
import { type DbProxyDeps, startDbProxyServer } from "../db_proxy/server.ts";
import { startFileServer } from "../file/server.ts";
import { startHttpMsgServer } from "../http_msg/server.ts";
import { startLoginServer } from "../login/server.ts";
import { startMsfsServer } from "../msfs/server.ts";
import { startMsgServer } from "../msg/server.ts";
import { startPushServer } from "../push/server.ts";
import { startRouteServer } from "../route/server.ts";
import type { SuiteConfig } from "./config.ts";

export interface RunningSuite {
  /** Where clients connect. */
  readonly addresses: {
    readonly http: Address;
    readonly loginClients: Address;
    readonly msgClients: Address;
    /** `null` for roles that are not part of this suite. */
    readonly fileClients: Address | null;
    readonly msfs: Address | null;
    readonly management: Address | null;
    readonly admin: Address | null;
  };
  stop(): Promise<void>;
}

/**
 * Starts every role that the configuration has, and waits until clients can log in.
 * @throws {StorageError | ListenError} when one cannot start; those already started are stopped
 */
export async function startSuite(config: SuiteConfig, deps: DbProxyDeps): Promise<RunningSuite> {
  const role = (name: string): DbProxyDeps => ({ ...deps, log: deps.log.child({ role: name }) });
  // Stopped in reverse order: msg_server first, so that it can still be answered.
  const started: { stop(): Promise<void> }[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started.splice(0).reverse()) await server.stop();
  };
  const keep = async <S extends { stop(): Promise<void> }>(starting: Promise<S>): Promise<S> => {
    const server = await starting;
    started.push(server);
    return server;
  };
  const { dbProxy, msfs, login, route, file, push, msg, httpMsg, admin } = config;
  try {
    const files = msfs && await keep(startMsfsServer(msfs, role("msfs")));
    await keep(startDbProxyServer(dbProxy, role("db_proxy_server")));
    const lookup = await keep(startLoginServer(login, role("login_server")));
    await keep(startRouteServer(route, role("route_server")));
    const transfer = file && await keep(startFileServer(file, role("file_server")));
    if (push !== null) await keep(startPushServer(push, role("push_server")));
    const messages = await keep(startMsgServer(msg, role("msg_server")));
    const management = httpMsg && await keep(startHttpMsgServer(httpMsg, role("http_msg_server")));
    const pages = admin && await keep(startPages(admin, role("admin")));
    await messages.linked;
    return {
      addresses: {
        http: lookup.addresses.http,
        loginClients: lookup.addresses.client,
        msgClients: messages.addresses.clients,
        fileClients: transfer && transfer.addresses.clients,
        msfs: files && files.addresses.http,
        management: management && management.addresses.http,
        admin: pages && pages.addresses.http,
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its modules are a good part of the suite's, so one without the web admin does not load them. */
async function startPages(config: AdminConfig, deps: DbProxyDeps): Promise<RunningServer<"http">> {
  const { startAdminServer } = await import("../../admin/server.ts");
  return await startAdminServer(config, deps);
}
