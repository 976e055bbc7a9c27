/** The web admin in front of a whole suite, and people who use it in a browser. */
import type { Page } from "playwright-core";
import type { AdminConfig } from "../../admin/config.ts";
import { startAdminServer } from "../../admin/server.ts";
import type { Clock } from "../../shared/clock.ts";
import { Secret } from "../../shared/config/mod.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { formatAddress, TcpNetwork } from "../../shared/netlib/mod.ts";
import type { AdminRole } from "../../shared/storage/management.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { ADMIN_COMMAND, type AdminProcess, startAdminProcess } from "./admin_process.ts";
import type { StorageKind } from "./data_place.ts";
import { demoData, type DemoGroup, SEEDED_AT } from "./demo_data.ts";
import {
  type HttpSuite,
  type HttpSuiteOptions,
  OWNER,
  OWNER_PASSWORD,
  startHttpSuite,
} from "./http_fixture.ts";
import { startMsfs } from "./msfs_fixture.ts";

/** What the suite's msfs asks for. */
const UPLOAD_SECRET = "a secret of sixteen";

/** `mysql`: the browser tests run on MySQL and Redis instead of the embedded engine. */
const ADMIN_STORAGE = "ADMIN_TEST_STORAGE";

export interface AdminSuite extends AsyncDisposable {
  readonly suite: HttpSuite;
  readonly storage: StorageKind;
  /** Where browsers go, without a slash at the end. */
  readonly origin: string;
  /** Where msfs is, without a slash at the end. */
  readonly msfs: string;
  /** Signs in as the owner, or as somebody new of another role. */
  signIn(page: Page, role?: AdminRole): Promise<void>;
}

export interface AdminSuiteOptions extends HttpSuiteOptions {
  readonly admin?: Partial<AdminConfig>;
}

export async function startAdminSuite(options: AdminSuiteOptions = {}): Promise<AdminSuite> {
  const { admin = {}, ...rest } = options;
  await using stack = new AsyncDisposableStack();
  const storage: StorageKind = Deno.env.get(ADMIN_STORAGE) === "mysql" ? "mysql" : "sqlite";
  const suite = stack.use(await startHttpSuite({ seed: company(12), storage, ...rest }));
  const msfs = stack.use(await startMsfs({ keys: { UploadSecret: UPLOAD_SECRET } }));
  const config: AdminConfig = {
    listen: [{ host: "127.0.0.1", port: 0 }],
    apiSite: `${suite.base}/`,
    msfsSite: msfs.url,
    publicMsfsSite: msfs.url,
    msfsUploadSecret: new Secret(UPLOAD_SECRET),
    publicOrigin: null,
    secureCookies: false,
    trustedProxies: [],
    ...admin,
  };
  const command = Deno.env.get(ADMIN_COMMAND);
  const { origin } = stack.use(
    command === undefined
      ? await startHere(config, suite.cluster.clock)
      : await startAdminProcess(command, config),
  );
  const resources = stack.move();
  return {
    suite,
    storage,
    origin,
    msfs: msfs.url,
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

/** In this process, which is what everybody runs. */
async function startHere(config: AdminConfig, clock: Clock): Promise<AdminProcess> {
  const server = await startAdminServer(config, {
    network: new TcpNetwork(clock),
    clock,
    log: silentLogger,
  });
  return {
    origin: `http://${formatAddress(server.addresses.http)}`,
    [Symbol.asyncDispose]: () => server.stop(),
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
