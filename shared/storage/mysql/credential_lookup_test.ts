import { deepStrictEqual as deepEqual, rejects } from "node:assert/strict";
import { addUsers, newUser } from "../contract/fixtures.ts";
import { type Storage, StorageError } from "../types.ts";
import { MAX_NAMES } from "./credential_lookup.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite, ownEnginesTest } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";

const suite = new EngineSuite();

/** Ids of those who have these names, all asked for in one turn. */
async function idsOf({ users }: Storage, names: readonly string[]): Promise<(number | null)[]> {
  const found = await Promise.all(names.map((name) => users.credentials(name)));
  return found.map((credentials) => credentials?.user.id ?? null);
}

suite.storageTest("CredentialLookup gives each of many askers the row of its own name", async (
  storage,
) => {
  const count = 3 * MAX_NAMES + 7;
  await addUsers(storage, count);
  const ids = Array.from({ length: count }, (_, i) => (i * 7) % count + 1);
  const names = ids.map((id) => `user${id}`);
  deepEqual(await idsOf(storage, names), ids);
  // Twice the same, somebody who is not there, and spaces, which MySQL does not see.
  deepEqual(await idsOf(storage, ["user3", "nobody", "user2", "user3", "user2 ", "user3  "]), [
    ...[3, null, 2, 3, 2, 3],
  ]);
  deepEqual(await idsOf(storage, ["nobody", "nobody else"]), [null, null]);
});

suite.storageTest("CredentialLookup takes the last row of each name (P-DB6)", async (
  storage,
  engines,
) => {
  await engines.sql(`INSERT INTO IMUser (id, name, departId, created, updated) VALUES
    (5, 'twin', 1, 1, 1), (8, 'twin', 1, 1, 1), (6, 'other', 1, 1, 1), (4, 'other', 1, 1, 1)`);
  deepEqual(await idsOf(storage, ["other", "twin"]), [6, 8]);
});

suite.storageTest("CredentialLookup asks once for those who come together", async (
  storage,
  engines,
) => {
  await addUsers(storage, 3);
  await engines.withSql(async (admin) => {
    await admin.query("LOCK TABLES IMUser WRITE");
    const asking = idsOf(storage, ["user1", "user2", "user3"]);
    await engines.untilRunning("IN ('user1', 'user2', 'user3')");
    await admin.query("UNLOCK TABLES");
    deepEqual(await asking, [1, 2, 3]);
  });
});

ownEnginesTest(
  "CredentialLookup leaves it to the column what is the same name",
  async (engines) => {
    await engines.sql("ALTER TABLE IMUser MODIFY name varchar(32) COLLATE utf8mb4_general_ci");
    await using opened = await openTestStorage({ engines, build: mysqlStorageOn });
    await addUsers(opened.storage, 2);
    const asked = ["USER1", "user2", "User1", "user1", "USER2 ", "user3"];
    deepEqual(await idsOf(opened.storage, asked), [1, 2, 1, 1, 2, null]);
  },
);

ownEnginesTest("CredentialLookup fails for all who asked when MySQL does", async (engines) => {
  await using opened = await openTestStorage({ engines, build: mysqlStorageOn });
  const { users } = opened.storage;
  await users.add([newUser("ann")]);
  await engines.sql("RENAME TABLE IMUser TO Elsewhere");
  const asking = ["ann", "bob"].map((name) => rejects(users.credentials(name), StorageError));
  await Promise.all(asking);
  await engines.sql("RENAME TABLE Elsewhere TO IMUser");
  deepEqual((await users.credentials("ann"))?.user.name, "ann");
});
