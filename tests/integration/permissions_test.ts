/** Every role as a process with the least permissions, as README.md has them: together they serve. */
import assert from "node:assert/strict";
import { CLIENT_TYPE_WINDOWS } from "../../proto/mod.ts";
import { DATABASE_FILE, type StorageConfig } from "../../servers/db_proxy/config.ts";
import { storageEnv } from "../../servers/db_proxy/test_support/storage_env.ts";
import { permissionOptions, type ProgramName, PROGRAMS } from "../../servers/suite/programs.ts";
import { type Client, connectClient, lookupOverTcp } from "../../shared/client/mod.ts";
import { systemClock } from "../../shared/clock.ts";
import { TcpNetwork } from "../../shared/netlib/mod.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { freePortOffset, PORTS } from "../bench/suite/ports.ts";
import { rolePorts } from "../bench/suite/roles.ts";
import { startServer } from "../bench/suite/server_process.ts";
import { makeDataPlace, neededBy, type StorageKind } from "../support/data_place.ts";
import { demoData, PASSWORD } from "../support/demo_data.ts";
import { until } from "../support/msfs_fixture.ts";
import { seedData } from "../support/suite_process.ts";

const HOST = "127.0.0.1";
/** msg_server last: it finds the others at once. */
const ORDER: readonly ProgramName[] = [
  ...["db_proxy", "login", "route", "file", "msfs", "push", "http_msg", "admin"] as const,
  "msg",
];

/** The folder `data` of `conf/` is one of the test's. */
function inFolder(option: string, folder: string): string {
  return option.replace(/(?<=[=,])data(?=,|$)/, folder);
}

interface Cluster extends AsyncDisposable {
  readonly offset: number;
  login(userName: string): Promise<Client>;
}

async function startCluster(storage: StorageConfig, folder: string): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const offset = await freePortOffset();
  const env = {
    ...rolePorts(offset),
    ...storageEnv(storage),
    TEAMTALK_FILESERVER_STOREDIR: `${folder}/files`,
    TEAMTALK_MSFS_BASEDIR: `${folder}/msfs`,
    TEAMTALK_ADMIN_LISTENPORT: String(PORTS.admin + offset),
    TEAMTALK_ADMIN_APISITE: `http://${HOST}:${PORTS.httpMsg + offset}/`,
  };
  for (const name of ORDER) {
    const program = PROGRAMS[name];
    const permissions = permissionOptions(program, "folders").map((one) => inFolder(one, folder));
    const args = ["run", "--no-prompt", "--no-check", ...permissions, program.main];
    stack.use(await startServer({ args: [...args, "--conf", "conf"], env }));
  }
  const network = new TcpNetwork(systemClock);
  const lookup = { host: HOST, port: PORTS.loginClients + offset };
  const login = (userName: string): Promise<Client> =>
    connectClient({
      network,
      clock: systemClock,
      server: (signal) => lookupOverTcp(network, lookup, { signal }),
      userName,
      password: PASSWORD,
      clientType: CLIENT_TYPE_WINDOWS,
      heartbeatMs: null,
    });
  const resources = stack.move();
  return { offset, login, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** msg_server is ready before it has found all the others, and refuses logins until then. */
async function firstLogin(login: Cluster["login"]): Promise<Client> {
  let client: Client | null = null;
  await until("a login", async () => {
    client = await login("user1").catch(() => null);
    return client !== null;
  });
  return client!;
}

async function serveAll(kind: StorageKind): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "teamtalk_permissions_" });
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  const storage: StorageConfig = kind === "sqlite"
    ? { kind, path: `${folder}/${DATABASE_FILE}` }
    : stack.use(await makeDataPlace(kind)).storage;
  await seedData(storage, demoData(2));
  const { login, offset } = stack.use(await startCluster(storage, folder));
  const ann = stack.use(await firstLogin(login));
  const bob = stack.use(await login("user2"));
  await ann.sendText(bob.userId, "with the least permissions");

  const form = new FormData();
  form.set("file", new File(["a picture"], "a.png"));
  const stored = await fetch(`http://${HOST}:${PORTS.msfs + offset}/`, {
    method: "POST",
    body: form,
  });
  assert.equal((await stored.json()).error_code, 0);
  const page = await fetch(`http://${HOST}:${PORTS.admin + offset}/login`);
  await page.body?.cancel();
  assert.equal(page.status, 200);
  const api = await fetch(`http://${HOST}:${PORTS.httpMsg + offset}/api/v1/health`);
  await api.body?.cancel();
  assert.equal(api.status, 401);
}

for (const kind of ["sqlite", "mysql"] as const) {
  Deno.test(`every role serves with the least permissions (${kind})`, async (t) => {
    if (!await isSkipped(t, neededBy(kind))) await serveAll(kind);
  });
}
