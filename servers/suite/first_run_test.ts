import assert from "node:assert/strict";
import { ManualClock } from "../../shared/clock.ts";
import { verifyPassword } from "../../shared/password.ts";
import { seededRandom } from "../../shared/random.ts";
import { type Storage, StorageError } from "../../shared/storage/types.ts";
import { testConfig } from "../../shared/storage/mysql/test_support/open_test_storage.ts";
import { originalEnginesTest } from "../../shared/storage/mysql/test_support/original_engines.ts";
import type { StorageConfig } from "../db_proxy/config.ts";
import { openStorageBriefly } from "../db_proxy/storage.ts";
import { ensureAdministrator, FIRST_ADMIN_NAME } from "./first_run.ts";

const deps = { clock: new ManualClock(), random: seededRandom(7) };

async function madePassword(config: StorageConfig): Promise<string> {
  const made = await ensureAdministrator(config, deps);
  assert.ok(made.kind === "made");
  return made.password;
}

/** A data folder of its own, which need not exist yet. */
async function withDatabase(
  test: (
    path: string,
    look: <T>(use: (storage: Storage) => Promise<T>) => Promise<T>,
  ) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/data/teamtalk.db`;
  try {
    await test(path, async (use) => {
      const storage = await openStorageBriefly({ kind: "sqlite", path }, deps.clock);
      try {
        return await use(storage);
      } finally {
        await storage.close();
      }
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ensureAdministrator() makes one administrator, and tells its password only then", async () => {
  await withDatabase(async (path, look) => {
    const config = { kind: "sqlite", path } as const;
    const password = await madePassword(config);
    assert.match(password, /^[a-zA-Z2-9]{20}$/);
    const stored = await look((storage) => storage.admins.passwordHash(FIRST_ADMIN_NAME));
    assert.equal(await verifyPassword(password, stored!), true);
    assert.equal(await verifyPassword(`${password}x`, stored!), false);
    assert.doesNotMatch(stored!, new RegExp(password));

    assert.deepEqual(await ensureAdministrator(config, deps), { kind: "present" });
    assert.equal(await look((storage) => storage.admins.count()), 1);
    const after = await look((storage) => storage.admins.passwordHash(FIRST_ADMIN_NAME));
    assert.equal(after, stored, "the password stays");
  });
});

Deno.test("ensureAdministrator() leaves a database with an administrator alone", async () => {
  await withDatabase(async (path, look) => {
    await look((storage) => storage.admins.add({ uname: "root", pwd: "hash", now: 1 }));
    assert.deepEqual(await ensureAdministrator({ kind: "sqlite", path }, deps), {
      kind: "present",
    });
    const found = await look((storage) => storage.admins.passwordHash(FIRST_ADMIN_NAME));
    assert.equal(found, null);
  });
});

Deno.test("ensureAdministrator() throws StorageError when the data cannot be opened", async () => {
  await withDatabase(async (path) => {
    await Deno.writeTextFile(path.replace("/data/teamtalk.db", "/data"), "a file in its way");
    await assert.rejects(ensureAdministrator({ kind: "sqlite", path }, deps), StorageError);
  });
});

originalEnginesTest(
  "ensureAdministrator() makes one in MySQL, once there is a place for it",
  async (engines) => {
    const config = { kind: "mysql", ...testConfig(engines) } as const;
    assert.deepEqual(await ensureAdministrator(config, deps), {
      kind: "impossible",
      reason: "The database has no table TTAdminPassword; deno task migrate --apply makes it",
    });
    assert.deepEqual(await engines.sql("SELECT 1 FROM IMAdmin"), []);
    await engines.migrate();
    const password = await madePassword(config);
    assert.deepEqual(await ensureAdministrator(config, deps), { kind: "present" });
    const [row] = await engines.sql<{ uname: string; pwd: string }>(
      "SELECT a.uname, p.pwd FROM IMAdmin a JOIN TTAdminPassword p ON p.adminId = a.id",
    );
    assert.equal(row!.uname, FIRST_ADMIN_NAME);
    assert.equal(await verifyPassword(password, row!.pwd), true);
  },
);

originalEnginesTest(
  "ensureAdministrator() leaves those of an original database alone",
  async (engines) => {
    const config = { kind: "mysql", ...testConfig(engines) } as const;
    await engines.sql("INSERT INTO IMAdmin (uname, pwd) VALUES ('admin', MD5('admin'))");
    assert.deepEqual(await ensureAdministrator(config, deps), { kind: "present" });
    await engines.migrate();
    await engines.sql("UPDATE IMAdmin SET status = 1");
    assert.deepEqual(await ensureAdministrator(config, deps), {
      kind: "impossible",
      reason: "admin was deleted, which is left so",
    });
    assert.equal((await engines.sql("SELECT 1 FROM IMAdmin")).length, 1);
  },
);
