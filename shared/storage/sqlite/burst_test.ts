/**
 * Writes that are submitted together share a transaction and some statements. Whatever is submitted
 * together must leave what the same calls leave one after the other.
 */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { ManualClock } from "../../clock.ts";
import { type Random, randomInt, seededRandom } from "../../random.ts";
import {
  addGroup,
  addUsers,
  historyIds,
  inGroup,
  recentOf,
  say,
  sayInGroup,
  T,
  unreadOf,
  withPeer,
} from "../contract/fixtures.ts";
import type { Storage } from "../types.ts";
import { openConnection } from "./connection.ts";
import { type MemoryLimits, sqliteStorageOn } from "./storage.ts";

type Step = (storage: Storage) => Promise<unknown>;

const USERS = 4;
const STEPS = 400;
const MAX_BURST = 40;

function randomStep(random: Random, at: number): Step {
  const user = () => 1 + randomInt(random, USERS);
  const [from, to, group] = [user(), user(), 1 + randomInt(random, 2)];
  const change = { groupId: group, userIds: [to], now: T + at };
  switch (randomInt(random, 12)) {
    case 0:
      return (storage) => storage.unread.clear(withPeer(from, to));
    case 1:
      return (storage) => storage.unread.clear(inGroup(from, group));
    case 2:
      return (storage) => storage.sessions.remove(withPeer(from, to), T + at);
    case 3:
      return (storage) => storage.sessions.remove(inGroup(from, group), T + at);
    case 4:
      return (storage) => storage.groups.addMembers(change);
    case 5:
      return (storage) => storage.groups.removeMembers(change);
    case 6:
    case 7:
    case 8:
      return (storage) => sayInGroup(storage, { from, group, at }).catch(String);
    default:
      return (storage) => say(storage, { from, to, at });
  }
}

async function stateOf(storage: Storage) {
  const state: unknown[] = [await storage.groups.byIds([1, 2])];
  for (let user = 1; user <= USERS; user++) {
    state.push(await recentOf(storage, user), await unreadOf(storage, user));
    for (const group of [1, 2]) state.push(await historyIds(storage, inGroup(user, group)));
    for (let peer = 1; peer <= user; peer++) {
      state.push(await historyIds(storage, withPeer(user, peer)));
    }
  }
  return state;
}

async function open(limits?: MemoryLimits): Promise<Storage> {
  const clock = new ManualClock();
  const storage = sqliteStorageOn(openConnection(":memory:"), { clock, ...limits && { limits } });
  await addUsers(storage, USERS);
  await addGroup(storage, [1, 2, 3], { id: 1 });
  await addGroup(storage, [1, 4], { id: 2 });
  return storage;
}

const small: MemoryLimits = { users: 1, pairs: 1, members: 1 };
for (const [name, limits] of [["default", undefined], ["next to no", small]] as const) {
  for (const seed of [1, 2, 3, 4, 5]) {
    Deno.test(`bursts leave what single calls leave, ${name} memory, seed ${seed}`, async () => {
      const random = seededRandom(seed);
      const steps = Array.from({ length: STEPS }, (_, i) => randomStep(random, i >> 3));
      const bursting = await open(limits);
      const patient = await open();
      for (let done = 0; done < STEPS;) {
        const burst = steps.slice(done, done + 1 + randomInt(random, MAX_BURST));
        done += burst.length;
        const results = await Promise.all(burst.map((step) => step(bursting)));
        for (const [i, step] of burst.entries()) deepEqual(results[i], await step(patient));
        deepEqual(await stateOf(bursting), await stateOf(patient));
      }
      await bursting.close();
      await patient.close();
    });
  }
}

Deno.test("writes of one burst are applied in the order of the calls", async () => {
  const storage = await open();
  const [, , , removed, , refused] = await Promise.all([
    say(storage, { from: 1, to: 2 }),
    storage.unread.clear(withPeer(2, 1)),
    say(storage, { from: 1, to: 2 }),
    storage.sessions.remove(withPeer(1, 2), T),
    storage.groups.removeMembers({ groupId: 1, userIds: [2], now: T }),
    sayInGroup(storage, { from: 2, group: 1 }).catch(String),
    storage.groups.addMembers({ groupId: 1, userIds: [4], now: T }),
    sayInGroup(storage, { from: 4, group: 1 }),
  ]);
  equal(removed, true);
  equal(refused, "Error: Cannot store: not_a_member");
  deepEqual(await unreadOf(storage, 2), [[1, 1, 1]]);
  deepEqual(await recentOf(storage, 1), [[2, 1, 0]]);
  await storage.close();
});
