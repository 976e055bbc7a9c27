/** The web admin in front of a whole suite, and people who use it in a browser. */
import type { Page } from "playwright-core";
import type { AdminConfig } from "../../admin/config.ts";
import { startAdminServer } from "../../admin/server.ts";
import { formatAddress, TcpNetwork } from "../../shared/netlib/mod.ts";
import type { AdminRole } from "../../shared/storage/management.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { demoData, type DemoGroup, SEEDED_AT } from "./demo_data.ts";
import {
  type HttpSuite,
  type HttpSuiteOptions,
  OWNER,
  OWNER_PASSWORD,
  startHttpSuite,
} from "./http_fixture.ts";
import { startMsfs } from "./msfs_fixture.ts";
import { WatchedLog } from "./watched_log.ts";

export interface AdminSuite extends AsyncDisposable {
  readonly suite: HttpSuite;
  /** Where browsers go, without a slash at the end. */
  readonly origin: string;
  /** What the admin logs. */
  readonly log: WatchedLog;
  /** Signs in as the owner, or as somebody new of another role. */
  signIn(page: Page, role?: AdminRole): Promise<void>;
}

export interface AdminSuiteOptions extends HttpSuiteOptions {
  readonly admin?: Partial<AdminConfig>;
}

export async function startAdminSuite(options: AdminSuiteOptions = {}): Promise<AdminSuite> {
  const { admin = {}, ...rest } = options;
  await using stack = new AsyncDisposableStack();
  const suite = stack.use(await startHttpSuite({ seed: company(12), ...rest }));
  const msfs = stack.use(await startMsfs());
  const log = new WatchedLog("warn");
  const server = stack.use(
    await startAdminServer({
      listen: [{ host: "127.0.0.1", port: 0 }],
      apiSite: `${suite.base}/`,
      msfsSite: msfs.url,
      publicMsfsSite: msfs.url,
      publicOrigin: null,
      secureCookies: false,
      trustedProxies: [],
      ...admin,
    }, {
      network: new TcpNetwork(suite.cluster.clock),
      clock: suite.cluster.clock,
      log: log.logger,
    }),
  );
  const origin = `http://${formatAddress(server.addresses.http)}`;
  const resources = stack.move();
  return {
    suite,
    origin,
    log,
    async signIn(page, role = "owner") {
      if (role !== "owner") await suite.signedIn(role, role);
      await signIn(page, {
        origin,
        name: role === "owner" ? OWNER.name : role,
        password: OWNER_PASSWORD,
      });
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Fills the sign-in page in and sends it. */
export async function signIn(
  page: Page,
  { origin, name, password }: {
    readonly origin: string;
    readonly name: string;
    readonly password: string;
  },
): Promise<void> {
  await page.goto(`${origin}/login`);
  await page.locator('input[name="name"]').fill(name);
  await page.locator('input[name="password"]').fill(password);
  await page.locator("main form button").click();
}

/** Users `user1` … in the department Engineering, which is in a company with others. */
export function company(
  users: number,
  groups?: readonly DemoGroup[],
): (storage: Storage) => Promise<void> {
  return async (storage) => {
    await demoData(users, groups)(storage);
    const departments = ["Sales", "Support", "设计部"].map((departName, i) => ({
      id: 2 + i,
      departName,
      priority: 2 + i,
      parentId: i === 2 ? 1 : 0,
      status: 0,
      created: SEEDED_AT,
      updated: SEEDED_AT,
    }));
    await storage.departments.put(departments);
  };
}
