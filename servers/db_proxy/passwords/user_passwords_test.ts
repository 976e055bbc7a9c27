import assert from "node:assert/strict";
import { ManualClock, systemClock } from "../../../shared/clock.ts";
import { collectingLogger } from "../../../shared/log/mod.ts";
import { md5Hex, teamtalkPasswordHash } from "../../../shared/password.ts";
import { seededRandom } from "../../../shared/random.ts";
import { openSqliteStorage } from "../../../shared/storage/sqlite/mod.ts";
import { HASH_ELSEWHERE, type PasswordForm } from "../../../shared/storage/password_form.ts";
import type { Credentials, Storage } from "../../../shared/storage/types.ts";
import { testUser } from "../test_support/tasks.ts";
import { UPGRADE_PAUSE_MS } from "./hash_upgrades.ts";
import { MAX_RUNNING, MAX_WAITING } from "./scrypt_queue.ts";
import { MAX_HASHED_AT_ONCE, UserPasswords } from "./user_passwords.ts";

const RIGHT = md5Hex("123456");
const WRONG = md5Hex("guess");

interface Fixture extends AsyncDisposable {
  readonly storage: Storage;
  readonly clock: ManualClock;
  readonly passwords: UserPasswords;
  row(): Promise<Credentials>;
  /** Until nothing waits to be hashed any more. */
  upgraded(): Promise<Credentials>;
}

/** With user 1, whose row is as the original made it. */
async function start(
  { form, scryptN = 1024, storage: given }: {
    form?: PasswordForm;
    scryptN?: number;
    storage?: Storage;
  } = {},
): Promise<Fixture> {
  const clock = new ManualClock();
  const storage = given ?? openSqliteStorage({ path: ":memory:", clock });
  if (given === undefined) await storage.users.add([testUser(1)]);
  const { users } = storage;
  const upgrades: (() => void)[] = [];
  const passwords = new UserPasswords({
    users: {
      ...users,
      passwordForm: form ?? users.passwordForm,
      keepHash: async (change) => {
        const kept = await users.keepHash(change);
        for (const resolve of upgrades.splice(0)) resolve();
        return kept;
      },
    },
    clock,
    random: seededRandom(1),
    log: collectingLogger(),
    scryptN,
  });
  const row = async () => (await users.credentials("user1"))!;
  return {
    storage,
    clock,
    passwords,
    row,
    upgraded: async () => {
      await new Promise<void>((resolve) => upgrades.push(resolve));
      await new Promise<void>((resolve) => systemClock.soon(resolve));
      return await row();
    },
    async [Symbol.asyncDispose]() {
      await passwords.stop();
      if (given === undefined) await storage.close();
    },
  };
}

Deno.test("UserPasswords, a login brings the row from MD5 to scrypt, and it goes on working (P-PWD)", async () => {
  await using fixture = await start();
  const { passwords } = fixture;
  const before = await fixture.row();
  assert.equal(before.hash, null);
  assert.equal(passwords.check(before, RIGHT), "right");
  assert.equal(passwords.check(before, WRONG), "wrong");
  const upgrading = fixture.upgraded();
  passwords.keep(before, RIGHT);
  const after = await upgrading;
  assert.equal(after.password, HASH_ELSEWHERE);
  assert.match(after.hash!, /^scrypt\$n=1024,/);
  assert.equal(await passwords.check(after, WRONG), "wrong");
  assert.equal(await passwords.check(after, RIGHT), "right");
  assert.equal(passwords.check(after, RIGHT), "right", "without a promise: no scrypt");
  assert.equal(await passwords.check(after, HASH_ELSEWHERE), "wrong");
});

Deno.test("UserPasswords, a hash is made again when its cost is not the present one", async () => {
  await using cheap = await start();
  let upgrading = cheap.upgraded();
  cheap.passwords.keep(await cheap.row(), RIGHT);
  const before = await upgrading;
  await using dearer = await start({ scryptN: 2048, storage: cheap.storage });
  upgrading = dearer.upgraded();
  // In the embedded engine the hash is exchanged for a row whose MD5 is elsewhere already.
  dearer.passwords.keep(before, RIGHT);
  const after = await upgrading;
  assert.match(after.hash!, /^scrypt\$n=2048,/);
  assert.equal(await dearer.passwords.check(after, RIGHT), "right");
});

Deno.test("UserPasswords, a password that was changed or reset is not found in the cache", async () => {
  await using fixture = await start();
  const { passwords, storage } = fixture;
  const upgrading = fixture.upgraded();
  passwords.keep(await fixture.row(), RIGHT);
  assert.equal(await passwords.check(await upgrading, RIGHT), "right");
  // Another db_proxy_server, or this one: what counts is the row that the next login reads.
  const writes = await passwords.hashed({
    add: [],
    update: [{ id: 1, changes: { password: teamtalkPasswordHash(WRONG, "7"), salt: "7" } }],
  });
  await storage.management.users.write({ ...writes, now: 1_800_000_000 });
  const reset = await fixture.row();
  assert.equal(reset.password, HASH_ELSEWHERE, "a reset is stored as a hash at once");
  assert.equal(await passwords.check(reset, RIGHT), "wrong");
  assert.equal(await passwords.check(reset, WRONG), "right");
});

Deno.test("UserPasswords, the same check is made once, and what does not fit is refused", async () => {
  await using fixture = await start();
  const { passwords } = fixture;
  const upgrading = fixture.upgraded();
  passwords.keep(await fixture.row(), RIGHT);
  const row = await upgrading;
  const same = Array.from({ length: 1000 }, () => passwords.check(row, RIGHT));
  assert.deepEqual(new Set(await Promise.all(same)), new Set(["right"]));
  const places = MAX_RUNNING + MAX_WAITING;
  const different = Array.from(
    { length: places + 1 },
    (_, i) => passwords.check(row, md5Hex(`guess ${i}`)),
  );
  assert.equal(await different.at(-1), "busy");
  assert.equal(passwords.check(row, RIGHT), "right", "who was known gets in all the same");
  assert.deepEqual(new Set(await Promise.all(different.slice(0, places))), new Set(["wrong"]));
});

Deno.test("UserPasswords.keep(), in a database without a place for hashes nothing is made", async () => {
  await using fixture = await start({ form: "legacy" });
  const { passwords } = fixture;
  passwords.keep(await fixture.row(), RIGHT);
  const writes = { add: [], update: [{ id: 1, changes: { password: "a".repeat(32), salt: "1" } }] };
  assert.equal(await passwords.hashed(writes), writes);
  passwords.written(writes, []);
  await passwords.stop();
  assert.equal((await fixture.row()).hash, null);
});

Deno.test("UserPasswords, a long import is stored at once and hashed behind it", async () => {
  await using fixture = await start();
  const { passwords, storage, clock } = fixture;
  await storage.departments.put([{
    id: 1,
    departName: "d",
    priority: 0,
    parentId: 0,
    status: 0,
    created: 1,
    updated: 1,
  }]);
  const add = Array.from({ length: MAX_HASHED_AT_ONCE + 1 }, (_, i) => {
    const { id: _id, created: _created, updated: _updated, ...fields } = testUser(100 + i);
    return fields;
  });
  const writes = { add, update: [], now: 1_800_000_000 };
  assert.equal(await passwords.hashed(writes), writes);
  const written = await storage.management.users.write(writes);
  assert.ok(written.ok);
  const hash = async (id: number) => (await storage.users.credentials(`user${id}`))!.hash;
  const first = fixture.upgraded();
  passwords.written(writes, written.value);
  await first;
  assert.notEqual(await hash(100), null);
  assert.equal(await hash(101), null);
  const second = fixture.upgraded();
  clock.advance(UPGRADE_PAUSE_MS);
  await second;
  assert.notEqual(await hash(101), null);
});

Deno.test("UserPasswords.checkNobody(), a name that does not exist is as wrong as a password", async () => {
  await using fixture = await start();
  assert.equal(await fixture.passwords.checkNobody(), "wrong");
});
