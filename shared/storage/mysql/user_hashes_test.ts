/** Hashes of users beside servers and tools of the original, which know IMUser only (P-PWD). */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { newUser } from "../contract/fixtures.ts";
import { HASH_ELSEWHERE, type PasswordForm } from "../password_form.ts";
import type { Storage } from "../types.ts";
import { mysqlStorageOn } from "./storage.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite("migrated");
const MD5 = "0123456789abcdef0123456789abcdef";
const OTHER_MD5 = "f".repeat(32);
const HASH = "scrypt$n=1024,r=8,p=1$AAAA$BBBB";
const OTHER_HASH = "scrypt$n=1024,r=8,p=1$AAAA$CCCC";

const open = (engines: TestEngines, passwordForm: PasswordForm) =>
  openTestStorage({
    engines,
    build: (parts, config) => mysqlStorageOn(parts, { ...config, passwordForm }),
  });

async function stored({ users }: Storage): Promise<readonly [string, string | null]> {
  const { password, hash } = (await users.credentials("ann"))!;
  return [password, hash];
}

suite.test("UserHashes, a password that the original's tools set later makes the hash void", async (engines) => {
  for (const form of ["both", "hash"] as const) {
    await engines.empty();
    await using opened = await open(engines, form);
    await opened.storage.users.add([newUser("ann", { id: 7, password: MD5, hash: HASH })]);
    await engines.sql(`UPDATE IMUser SET password = '${OTHER_MD5}' WHERE id = 7`);
    deepEqual(await stored(opened.storage), [OTHER_MD5, null]);
    const change = { userId: 7, seen: OTHER_MD5, password: OTHER_MD5, hash: OTHER_HASH };
    equal(await opened.storage.users.keepHash(change), true);
    deepEqual(await stored(opened.storage), [
      form === "both" ? OTHER_MD5 : HASH_ELSEWHERE,
      OTHER_HASH,
    ]);
  }
});

suite.test("UserHashes, an id that the original's tools give again brings no hash along", async (engines) => {
  await using opened = await open(engines, "both");
  await opened.storage.users.add([newUser("bob", { id: 7, password: MD5, hash: HASH })]);
  await engines.sql("DELETE FROM IMUser WHERE id = 7");
  await opened.storage.users.add([newUser("ann", { id: 7, password: OTHER_MD5 })]);
  deepEqual(await stored(opened.storage), [OTHER_MD5, null]);
});

suite.test("UserHashes, the MD5 goes and comes back as the configuration says", async (engines) => {
  await using both = await open(engines, "both");
  await using hash = await open(engines, "hash");
  await both.storage.users.add([newUser("ann", { id: 7, password: MD5, hash: HASH })]);
  const change = { userId: 7, password: MD5, hash: HASH };
  equal(await hash.storage.users.keepHash({ ...change, seen: MD5 }), true);
  deepEqual(await stored(both.storage), [HASH_ELSEWHERE, HASH]);
  equal(await both.storage.users.keepHash({ ...change, seen: HASH_ELSEWHERE }), true);
  deepEqual(await stored(hash.storage), [MD5, HASH]);
});

suite.test("UserHashes, a database without the table keeps the MD5", async (engines) => {
  await using opened = await open(engines, "legacy");
  await opened.storage.users.add([newUser("ann", { id: 7, password: MD5, hash: HASH })]);
  deepEqual(await stored(opened.storage), [MD5, null]);
});
