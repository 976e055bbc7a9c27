import assert from "node:assert/strict";
import { ManualClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { verifyPassword } from "../../shared/password.ts";
import { seededRandom } from "../../shared/random.ts";
import { type Storage, StorageError } from "../../shared/storage/types.ts";
import { openStorage } from "../db_proxy/storage.ts";
import { ensureAdministrator, FIRST_ADMIN_NAME } from "./first_run.ts";

const deps = { clock: new ManualClock(), random: seededRandom(7), log: silentLogger };

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
      const storage = await openStorage({ kind: "sqlite", path }, deps);
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
    const password = await ensureAdministrator(config, deps);
    assert.match(password!, /^[a-zA-Z2-9]{20}$/);
    const stored = await look((storage) => storage.admins.passwordHash(FIRST_ADMIN_NAME));
    assert.equal(await verifyPassword(password!, stored!), true);
    assert.equal(await verifyPassword(`${password}x`, stored!), false);
    assert.doesNotMatch(stored!, new RegExp(password!));

    assert.equal(await ensureAdministrator(config, deps), null);
    assert.equal(await look((storage) => storage.admins.count()), 1);
    const after = await look((storage) => storage.admins.passwordHash(FIRST_ADMIN_NAME));
    assert.equal(after, stored, "the password stays");
  });
});

Deno.test("ensureAdministrator() leaves a database with an administrator alone", async () => {
  await withDatabase(async (path, look) => {
    await look((storage) => storage.admins.add({ uname: "root", pwd: "hash", now: 1 }));
    assert.equal(await ensureAdministrator({ kind: "sqlite", path }, deps), null);
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
