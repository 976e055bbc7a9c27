/** Who may use the management API: every route of the table, with every kind of credential. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { DATABASE_FILE } from "../../servers/db_proxy/config.ts";
import { credentialHash } from "../../servers/http_msg/api/credentials.ts";
import type { Route } from "../../servers/http_msg/api/route.ts";
import { routes } from "../../servers/http_msg/api/routes.ts";
import { nowSec, systemClock } from "../../shared/clock.ts";
import { md5Hex } from "../../shared/password.ts";
import type { AdminRole } from "../../shared/storage/management.ts";
import type { Storage } from "../../shared/storage/types.ts";
import { demoData } from "../support/demo_data.ts";
import {
  type ApiCaller,
  type HttpSuite,
  OWNER,
  OWNER_PASSWORD,
  startHttpSuite,
} from "../support/http_fixture.ts";

const EXPIRED_SESSION = `tts_${"e".repeat(43)}`;
const EXPIRED_KEY = `ttk_${"e".repeat(43)}`;
const LONG_AGO = 1_600_000_000;

/** The owner of these is the first administrator. */
async function addExpired({ management: { credentials } }: Storage): Promise<void> {
  const now = nowSec(systemClock) - 120;
  await credentials.openSession({
    adminId: 1,
    hash: credentialHash(EXPIRED_SESSION),
    now,
    expires: now + 60,
    remote: "10.0.0.1",
    agent: "",
  });
  await credentials.addKey({
    name: "old",
    role: "owner",
    adminId: 1,
    hash: credentialHash(EXPIRED_KEY),
    now,
    expires: now + 60,
  });
}

/** All rows of all tables, as text. */
function snapshot(dataDir: string): string {
  using db = new DatabaseSync(`${dataDir}/${DATABASE_FILE}`, { readOnly: true });
  const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name");
  return tables.all().map(({ name }) =>
    `${name}\n${
      db.prepare(`SELECT * FROM "${name}"`).all().map((row) => JSON.stringify(row)).join("\n")
    }`
  ).join("\n");
}

/** A request that the route would take, as far as its path goes. */
async function callRoute(
  { base }: HttpSuite,
  { method, path }: Route,
  headers: Readonly<Record<string, string>>,
): Promise<[status: number, code: string]> {
  const response = await fetch(base + path.replace(/\{\w+\}/g, "1"), {
    method,
    headers: { "Content-Type": "application/json", ...headers },
    ...(method === "GET" ? {} : { body: "{}" }),
  });
  const { error } = await response.json();
  assert.equal(response.headers.get("cache-control"), "no-store");
  return [response.status, error?.code];
}

/** Runs with a data folder whose rows have to be the same afterwards. */
async function withUnchanged(
  run: (suite: HttpSuite) => Promise<void>,
  prepare: (suite: HttpSuite) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const dataDir = await Deno.makeTempDir({ prefix: "teamtalk_access_" });
  try {
    const seed = demoData(3);
    await using suite = await startHttpSuite({
      dataDir,
      async seed(storage) {
        await seed(storage);
        await storage.admins.add({ uname: "first", pwd: "-", now: LONG_AGO });
        await addExpired(storage);
      },
    });
    await prepare(suite);
    const before = snapshot(dataDir);
    await run(suite);
    assert.equal(snapshot(dataDir), before);
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

const closed = routes.filter(({ access }) => access !== "public");

Deno.test("every route without, with a wrong and with an expired credential: 401, and no change (P-AUTH7)", async () => {
  const unknown = `tts_${"x".repeat(43)}`;
  const credentials: readonly (readonly [Record<string, string>, string])[] = [
    [{}, "credential_missing"],
    [{ "Authorization": "Bearer " }, "credential_invalid"],
    [{ "Authorization": `Bearer ${unknown}` }, "credential_invalid"],
    [{ "Authorization": `Bearer ${unknown.replace("tts", "ttk")}` }, "credential_invalid"],
    [{ "Authorization": `Bearer ${unknown}' OR '1'='1` }, "credential_invalid"],
    [{ "Authorization": "Basic cm9vdDpyb290" }, "credential_invalid"],
    [{ "Authorization": `Bearer ${EXPIRED_SESSION}` }, "credential_expired"],
    [{ "Authorization": `Bearer ${EXPIRED_KEY}` }, "credential_expired"],
  ];
  await withUnchanged(async (suite) => {
    for (const route of closed) {
      for (const [headers, code] of credentials) {
        const where = `${route.method} ${route.path} ${JSON.stringify(headers)}`;
        assert.deepEqual(await callRoute(suite, route, headers), [401, code], where);
      }
    }
  });
});

const LESS: Readonly<Record<AdminRole, readonly AdminRole[]>> = {
  read_only: [],
  manager: ["read_only"],
  owner: ["read_only", "manager"],
};

Deno.test("every route with a session or key of a lesser role: 403, and no change", async () => {
  const credentials = new Map<AdminRole, readonly string[]>();
  await withUnchanged(async (suite) => {
    let refusals = 0;
    for (const route of closed) {
      if (route.access === "any_admin" || route.access === "session") continue;
      for (const role of LESS[route.access as AdminRole]) {
        for (const token of credentials.get(role)!) {
          const where = `${role}: ${route.method} ${route.path}`;
          const headers = { "Authorization": `Bearer ${token}` };
          assert.deepEqual(await callRoute(suite, route, headers), [403, "forbidden"], where);
          refusals++;
        }
      }
    }
    assert.ok(refusals > 60);
  }, async ({ as, owner, signedIn }) => {
    for (const role of ["read_only", "manager"] as const) {
      const { key } = await owner.ok("POST", "/api-keys", { name: `${role} key`, role });
      const { token } = await signedIn(`the ${role}`, role);
      credentials.set(role, [token!, key]);
    }
    // The first use of a key is noted; after that nothing changes for a minute.
    for (const [, key] of credentials.values()) await as(key!).ok("GET", "/me");
  });
});

Deno.test("every route before the first password change: 403, but for the own account", async () => {
  let token = "";
  await withUnchanged(async (suite) => {
    const headers = { "Authorization": `Bearer ${token}` };
    for (const route of closed) {
      if (route.access === "any_admin" || route.access === "session") continue;
      const answer = await callRoute(suite, route, headers);
      assert.deepEqual(answer, [403, "password_change_required"], `${route.method} ${route.path}`);
    }
    const me = await suite.as(token).ok("GET", "/me");
    assert.equal(me.message_history, "off");
    assert.deepEqual([me.name, me.must_change_password], ["ann", true]);
  }, async ({ owner, as }) => {
    const ann = { name: "ann", password: OWNER.password };
    await owner.ok("POST", "/admins", { ...ann, role: "owner" });
    token = (await as(null).ok("POST", "/login", ann)).token;
  });
});

Deno.test("routes that need a session refuse keys", async () => {
  await using suite = await startHttpSuite();
  const { key } = await suite.owner.ok("POST", "/api-keys", { name: "robot", role: "owner" });
  const robot = suite.as(key);
  const passwords = { current_password: "x", new_password: "long enough" };
  const refused = [403, "session_required", null];
  assert.deepEqual(await robot.refused("PUT", "/me/password", passwords), refused);
  assert.deepEqual(await robot.refused("POST", "/logout"), refused);
  const me = await robot.ok("GET", "/me");
  assert.deepEqual([me.kind, me.name, me.role], ["key", "robot", "owner"]);
});

Deno.test("a session ends with its logout, when an owner ends it, and with its account", async () => {
  await using suite = await startHttpSuite();
  const { owner } = suite;
  const invalid = [401, "credential_invalid", null];
  const signIn = async (): Promise<ApiCaller> => {
    const body = { name: "ann", password: OWNER_PASSWORD };
    return suite.as((await suite.as(null).ok("POST", "/login", body)).token);
  };
  const first = await suite.signedIn("ann", "manager");
  await first.ok("POST", "/logout");
  assert.deepEqual(await first.refused("GET", "/me"), invalid);

  const second = await signIn();
  const { items } = await owner.ok("GET", "/admin-sessions");
  const { id } = items.find(({ name }: { name: string }) => name === "ann");
  await owner.ok("DELETE", `/admin-sessions/${id}`);
  assert.deepEqual(await second.refused("GET", "/me"), invalid);

  const third = await signIn();
  const { admin_id } = (await third.ok("GET", "/admin-sessions")).items[0];
  await owner.ok("PATCH", `/admins/${admin_id}`, { disabled: true });
  assert.deepEqual(await third.refused("GET", "/me"), invalid);
  const again = { name: "ann", password: OWNER_PASSWORD };
  const refused = await suite.as(null).refused("POST", "/login", again);
  assert.deepEqual(refused, [401, "wrong_password", null]);
});

Deno.test("whoever is no owner sees and ends only own sessions", async () => {
  await using suite = await startHttpSuite();
  const ann = await suite.signedIn("ann", "read_only");
  const { items } = await ann.ok("GET", "/admin-sessions");
  assert.deepEqual(
    items.map(({ name, current }: { name: string; current: boolean }) => [name, current]),
    [["ann", true]],
  );
  const all = (await suite.owner.ok("GET", "/admin-sessions")).items;
  const roots = all.find(({ name }: { name: string }) => name === "root");
  const unknown = [404, "unknown_session", null];
  assert.deepEqual(await ann.refused("DELETE", `/admin-sessions/${roots.id}`), unknown);
  await suite.owner.ok("GET", "/me");
});

Deno.test("failed sign-ins are limited per name, and the right password does not help then (P-AUTH8)", async () => {
  await using suite = await startHttpSuite();
  const nobody = suite.as(null);
  const wrong = { name: OWNER.name, password: "wrong password" };
  for (let i = 0; i < 10; i++) {
    assert.deepEqual(await nobody.refused("POST", "/login", wrong), [401, "wrong_password", null]);
  }
  const right = { name: OWNER.name, password: OWNER_PASSWORD };
  const answer = await nobody.call("POST", "/login", right);
  assert.deepEqual([answer.status, answer.body.error.code], [429, "too_many_attempts"]);
  assert.ok(Number(answer.headers.get("retry-after")) > 0);
  const { items } = await suite.owner.ok("GET", "/audit?action=login");
  const outcomes = items.map(({ outcome }: { outcome: string }) => outcome);
  assert.deepEqual(outcomes, [...Array(10).fill("wrong_password"), "done"]);
  assert.ok(!JSON.stringify(items).includes("wrong password"), "no passwords in the log");
});

Deno.test("an account of the original's administration signs in once and must choose a password (P-AUTH8)", async () => {
  await using suite = await startHttpSuite({
    async seed(storage) {
      await demoData(1)(storage);
      await storage.admins.add({ uname: "admin", pwd: md5Hex("admin"), now: LONG_AGO });
    },
  });
  const body = { name: "admin", password: "admin" };
  const { token, must_change_password } = await suite.as(null).ok("POST", "/login", body);
  assert.equal(must_change_password, true);
  const admin = suite.as(token);
  assert.deepEqual(await admin.refused("GET", "/users"), [403, "password_change_required", null]);
  const short = { current_password: "admin", new_password: "admin" };
  assert.deepEqual((await admin.refused("PUT", "/me/password", short)).slice(1), [
    ...["invalid_field", "new_password"],
  ]);
  const passwords = { current_password: "admin", new_password: "a better password" };
  await admin.ok("PUT", "/me/password", passwords);
  await admin.ok("GET", "/users");
  const refused = await suite.as(null).refused("POST", "/login", body);
  assert.deepEqual(refused, [401, "wrong_password", null]);
});

Deno.test("too many requests of one address are refused, with the time to wait", async () => {
  await using suite = await startHttpSuite({ api: { requestsPerSecond: 1 } });
  let answer = await suite.owner.call("GET", "/me");
  for (let i = 0; i < 12 && answer.status === 200; i++) {
    answer = await suite.owner.call("GET", "/me");
  }
  assert.deepEqual([answer.status, answer.body.error.code], [429, "too_many_requests"]);
  assert.equal(answer.headers.get("retry-after"), "1");
});
