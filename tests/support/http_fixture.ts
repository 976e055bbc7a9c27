/** A whole cluster with an http_msg_server in front of it, and callers of its management API. */
import assert from "node:assert/strict";
import type { HttpMsgConfig } from "../../servers/http_msg/config.ts";
import { errorsOf } from "../../servers/http_msg/api/openapi.ts";
import { Router } from "../../servers/http_msg/api/router.ts";
import { routes } from "../../servers/http_msg/api/routes.ts";
import { startHttpMsgServer } from "../../servers/http_msg/server.ts";
import { OPEN_LINKS } from "../../shared/links/mod.ts";
import { nowSec, systemClock } from "../../shared/clock.ts";
import { type Address, formatAddress } from "../../shared/netlib/mod.ts";
import { hashPassword } from "../../shared/password.ts";
import { systemRandom } from "../../shared/random.ts";
import type { RoleDeps } from "../../shared/role.ts";
import type { AdminRole } from "../../shared/storage/management.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { DEFAULT_CLIENT_AES_KEY } from "../../shared/text_cipher.ts";
import { type Cluster, type ClusterOptions, startCluster } from "./cluster.ts";
import { demoData } from "./demo_data.ts";
import { WatchedLog } from "./watched_log.ts";

export const OWNER = { name: "root", password: "first password" } as const;
/** What the owner chooses when signing in first. */
export const OWNER_PASSWORD = "second password";

export function httpConfig(
  servers: {
    readonly db: Address;
    readonly route: Address;
    readonly logins?: readonly Address[];
  },
  changes: { query?: Partial<HttpMsgConfig["query"]>; api?: Partial<HttpMsgConfig["api"]> } = {},
): HttpMsgConfig {
  return {
    listen: [{ host: "127.0.0.1", port: 0 }],
    linkSecurity: OPEN_LINKS,
    linksPerDb: 1,
    dbServers: [servers.db, servers.db],
    routeServers: [servers.route],
    loginServers: servers.logins ?? [],
    query: { access: "open", appKeys: [], ...changes.query },
    api: {
      sessionSec: 3600,
      systemUserId: 0,
      historyRole: null,
      requestsPerSecond: 10_000,
      trustedProxies: [],
      msfsSite: null,
      aesKey: DEFAULT_CLIENT_AES_KEY,
      ...changes.api,
    },
  };
}

export interface HttpSuiteOptions extends ClusterOptions {
  readonly api?: Partial<HttpMsgConfig["api"]>;
  readonly query?: Partial<HttpMsgConfig["query"]>;
}

export interface HttpSuite extends AsyncDisposable {
  readonly cluster: Cluster;
  readonly base: string;
  readonly log: WatchedLog;
  /** Signed in, with a password of its own. */
  readonly owner: ApiCaller;
  /** Somebody with a credential, or with none. */
  as(token: string | null): ApiCaller;
  /** A new administrator with a password of their own. */
  signedIn(name: string, role: AdminRole): Promise<ApiCaller>;
}

export async function startHttpSuite(options: HttpSuiteOptions = {}): Promise<HttpSuite> {
  const { api, query, seed = demoData(5), ...rest } = options;
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(
    await startCluster({
      ...rest,
      async seed(storage) {
        await seed(storage);
        await addOwner(storage);
      },
    }),
  );
  const log = new WatchedLog("info");
  const deps: RoleDeps = {
    network: cluster.network,
    clock: cluster.clock,
    random: systemRandom,
    log: log.logger,
  };
  const servers = {
    db: cluster.dbProxy,
    route: cluster.routeServer,
    logins: cluster.loginServers,
  };
  const config = httpConfig(servers, { ...(api && { api }), ...(query && { query }) });
  const server = stack.use(await startHttpMsgServer(config, deps));
  await log.logged("db_proxy link opened", 2);
  await log.logged("route_server link opened", 1);
  await log.logged("login_server link opened", cluster.loginServers.length);
  const base = `http://${formatAddress(server.addresses.http)}`;
  const as = (token: string | null): ApiCaller => new ApiCaller(base, token);
  const owner = await firstSignIn(as, OWNER, OWNER_PASSWORD);
  const resources = stack.move();
  return {
    cluster,
    base,
    log,
    owner,
    as,
    async signedIn(name, role) {
      await owner.ok("POST", "/admins", { name, role, password: OWNER.password });
      return await firstSignIn(as, { name, password: OWNER.password }, OWNER_PASSWORD);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function addOwner(storage: Storage): Promise<void> {
  const pwd = await hashPassword(OWNER.password, systemRandom);
  await storage.admins.add({ uname: OWNER.name, pwd, now: nowSec(systemClock) });
}

async function firstSignIn(
  as: (token: string | null) => ApiCaller,
  account: { readonly name: string; readonly password: string },
  newPassword: string,
): Promise<ApiCaller> {
  const { token } = await as(null).ok("POST", "/login", { ...account }) as { token: string };
  const passwords = { current_password: account.password, new_password: newPassword };
  await as(token).ok("PUT", "/me/password", passwords);
  return as(token);
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests look at what they expect; the schema was checked.
  readonly body: any;
}

const router = new Router(routes);

/** Calls the API and checks every answer against the schema of its route. */
export class ApiCaller {
  readonly #base: string;
  readonly token: string | null;

  constructor(base: string, token: string | null) {
    this.#base = base;
    this.token = token;
  }

  async call(method: string, path: string, body?: unknown): Promise<ApiAnswer> {
    const isCsv = typeof body === "string";
    const response = await fetch(`${this.#base}/api/v1${path}`, {
      method,
      headers: {
        ...(this.token !== null && { "Authorization": `Bearer ${this.token}` }),
        ...(body !== undefined && { "Content-Type": isCsv ? "text/csv" : "application/json" }),
      },
      ...(body !== undefined && { body: isCsv ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const answer = {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
    checkAnswer(method, `/api/v1${path}`, answer);
    return answer;
  }

  /** The body of an answer that has to be a success. */
  // deno-lint-ignore no-explicit-any -- as above
  async ok(method: string, path: string, body?: unknown): Promise<any> {
    const answer = await this.call(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  /** `[status, code, field]` of an answer that has to be an error. */
  async refused(method: string, path: string, body?: unknown): Promise<unknown[]> {
    const answer = await this.call(method, path, body);
    assert.ok(answer.status >= 400, `${method} ${path}: ${JSON.stringify(answer.body)}`);
    const { code, field } = answer.body.error;
    return [answer.status, code, field];
  }
}

function checkAnswer(method: string, path: string, { status, body }: ApiAnswer): void {
  const { pathname } = new URL(path, "http://localhost");
  const { route } = router.find(method, pathname);
  if (status < 400) {
    assert.equal(status, route.status, `${method} ${path}`);
    const checked = route.answer.safeParse(body);
    assert.ok(checked.success, `${method} ${path}: ${checked.error} ${JSON.stringify(body)}`);
    return;
  }
  assert.ok(errorsOf(route).includes(body.error.code), `${method} ${path}: ${body.error.code}`);
}
