import assert from "node:assert/strict";
import { ManualClock, systemClock } from "../../../shared/clock.ts";
import { collectingLogger } from "../../../shared/log/mod.ts";
import { verifyPassword } from "../../../shared/password.ts";
import { seededRandom } from "../../../shared/random.ts";
import type { NewHash } from "../../../shared/storage/password_form.ts";
import { HashUpgrades, MAX_UPGRADES_WAITING, UPGRADE_PAUSE_MS } from "./hash_upgrades.ts";

/** Stores nothing; `nextKept` resolves with the next hash that would be. */
function upgradesWith(keepHash?: (change: NewHash) => Promise<boolean>) {
  const clock = new ManualClock();
  const log = collectingLogger();
  let next = Promise.withResolvers<NewHash>();
  const users = {
    keepHash: keepHash ?? ((change: NewHash) => {
      next.resolve(change);
      next = Promise.withResolvers();
      return Promise.resolve(true);
    }),
  };
  const random = seededRandom(1);
  const upgrades = new HashUpgrades({ users, clock, random, log, scryptN: 1024 });
  return { upgrades, clock, log, nextKept: () => next.promise };
}

function upgrade(userId: number, password = "md5") {
  return { userId, seen: password, password, hash: null };
}

/** Until the pause that follows has begun. */
function settled(): Promise<void> {
  return new Promise((resolve) => systemClock.soon(resolve));
}

Deno.test("HashUpgrades, one at a time with a pause after each", async () => {
  const { upgrades, clock, nextKept } = upgradesWith();
  const first = nextKept();
  for (let id = 1; id <= 3; id++) upgrades.add(upgrade(id));
  assert.equal(upgrades.waiting, 2);
  const { userId, hash } = await first;
  assert.equal(userId, 1);
  assert.equal(await verifyPassword("md5", hash), true);
  await settled();
  const second = nextKept();
  clock.advance(UPGRADE_PAUSE_MS - 1);
  assert.equal(upgrades.waiting, 2);
  clock.advance(1);
  assert.equal((await second).userId, 2);
  await upgrades.stop();
  assert.equal(upgrades.waiting, 0);
});

Deno.test("HashUpgrades, holds the newest of a user, and so many users", async () => {
  const { upgrades, clock, nextKept } = upgradesWith();
  const first = nextKept();
  for (let id = 0; id <= MAX_UPGRADES_WAITING + 5; id++) upgrades.add(upgrade(id));
  assert.equal(upgrades.waiting, MAX_UPGRADES_WAITING);
  upgrades.add(upgrade(1, "newer"));
  assert.equal(upgrades.waiting, MAX_UPGRADES_WAITING);
  await first;
  await settled();
  const second = nextKept();
  clock.advance(UPGRADE_PAUSE_MS);
  assert.equal((await second).password, "newer");
  await upgrades.stop();
});

Deno.test("HashUpgrades, goes on when one could not be stored", async () => {
  const tried = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let tries = 0;
  const { upgrades, clock, log } = upgradesWith(() => {
    tried[tries++]!.resolve();
    return Promise.reject(new Error("disk full"));
  });
  upgrades.add(upgrade(1));
  upgrades.add(upgrade(2));
  await tried[0]!.promise;
  await settled();
  clock.advance(UPGRADE_PAUSE_MS);
  await tried[1]!.promise;
  await upgrades.stop();
  assert.deepEqual(
    log.records.map(({ level, message }) => `${level} ${message}`),
    ["warn password hash not stored", "warn password hash not stored"],
  );
});

Deno.test("HashUpgrades.stop(), takes no more", async () => {
  const { upgrades } = upgradesWith(() => assert.fail("stored after stop()"));
  await upgrades.stop();
  upgrades.add(upgrade(1));
  assert.equal(upgrades.waiting, 0);
});
