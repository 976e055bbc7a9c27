/**
 * The suite role by role: one process each, joined over TCP, as a cluster on several machines is.
 * Only the roles that logins and messages need.
 */
import type { Address } from "../../../shared/netlib/mod.ts";
import { freePortOffset, PORTS } from "./ports.ts";
import type { RunningSuite } from "./running_suite.ts";
import { ROOT, type ServerOptions, startServer } from "./server_process.ts";

const HOST = "127.0.0.1";

/** In the order in which they are started: a msg_server that finds the others need not try again. */
export const MESSAGE_ROLES = ["login", "route", "db_proxy", "msg"] as const;

export const ALL_ROLES = [...MESSAGE_ROLES, "file", "msfs", "push", "http_msg"] as const;

export type RoleName = typeof ALL_ROLES[number];

/** Lines of `msgserver.conf` about roles that do not run here; msg_server would look for them. */
const LEFT_OUT = /^(?:File|Push)Server(?:IP|Port)\d+=.*$/gm;

/** @param env what the files in `conf/` do not say: where the data is, which limits are off */
export async function startRoles(env: Readonly<Record<string, string>>): Promise<RunningSuite> {
  await using stack = new AsyncDisposableStack();
  const conf = await Deno.makeTempDir({ prefix: "teamtalk_bench_conf_" });
  stack.defer(() => Deno.remove(conf, { recursive: true }));
  for (const { name } of Deno.readDirSync(`${ROOT}/conf`)) {
    const text = await Deno.readTextFile(`${ROOT}/conf/${name}`);
    await Deno.writeTextFile(`${conf}/${name}`, text.replaceAll(LEFT_OUT, ""));
  }
  const offset = await freePortOffset();
  const processes = [];
  for (const name of MESSAGE_ROLES) {
    const process = stack.use(
      await startServer(roleServer(name, { conf, env: { ...rolePorts(offset), ...env } })),
    );
    processes.push({ name, pid: process.pid, kind: "server" } as const);
  }
  const lookup: Address = { host: HOST, port: PORTS.loginHttp + offset };
  const resources = stack.move();
  return { lookup, processes, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

export function roleServer(
  name: RoleName,
  { conf = "conf", env }: {
    readonly conf?: string;
    readonly env: Readonly<Record<string, string>>;
  },
): ServerOptions {
  return { args: ["run", "-A", `servers/${name}/main.ts`, "--conf", conf], env };
}

/** Every port that a role listens on or connects to, as the environment of all of them. */
export function rolePorts(offset: number): Record<string, string> {
  const keys: Readonly<Record<string, number>> = {
    LOGINSERVER_CLIENTPORT: PORTS.loginClients,
    LOGINSERVER_HTTPPORT: PORTS.loginHttp,
    LOGINSERVER_MSGSERVERPORT: PORTS.loginServers,
    ROUTESERVER_LISTENMSGPORT: PORTS.route,
    DBPROXYSERVER_LISTENPORT: PORTS.dbProxy,
    MSGSERVER_LISTENPORT: PORTS.msg,
    MSGSERVER_DBSERVERPORT1: PORTS.dbProxy,
    MSGSERVER_DBSERVERPORT2: PORTS.dbProxy,
    MSGSERVER_LOGINSERVERPORT1: PORTS.loginServers,
    MSGSERVER_ROUTESERVERPORT1: PORTS.route,
    MSGSERVER_FILESERVERPORT1: PORTS.fileServers,
    MSGSERVER_PUSHSERVERPORT1: PORTS.push,
    FILESERVER_CLIENTLISTENPORT: PORTS.fileClients,
    FILESERVER_MSGSERVERLISTENPORT: PORTS.fileServers,
    MSFS_LISTENPORT: PORTS.msfs,
    PUSHSERVER_LISTENPORT: PORTS.push,
    HTTPMSGSERVER_LISTENPORT: PORTS.httpMsg,
    HTTPMSGSERVER_DBSERVERPORT1: PORTS.dbProxy,
    HTTPMSGSERVER_DBSERVERPORT2: PORTS.dbProxy,
    HTTPMSGSERVER_ROUTESERVERPORT1: PORTS.route,
  };
  return Object.fromEntries(
    Object.entries(keys).map(([key, port]) => [`TEAMTALK_${key}`, String(port + offset)]),
  );
}
