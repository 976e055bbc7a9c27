/** Brings storage into the state of `fixture.json`, as of the second it was recorded in. */
import assert from "node:assert/strict";
import { fixturePlan } from "../../../servers/suite/seed/fixture_plan.ts";
import { idPieces } from "../../../servers/suite/seed/plan.ts";
import type { NewUser, Storage, UserRow } from "../../../shared/storage/types.ts";

/** The moment of seeding, in unix seconds: `latest_update_time` in departments.json. */
export const SEEDED_AT = 1_795_177_930;

/** What later requests of the session changed about a user, by user id. */
export type UserChanges = Readonly<Record<number, Partial<UserRow>>>;

const PIECE_ROWS = 1000;

export function fixtureSeed(changes: UserChanges = {}): (storage: Storage) => Promise<void> {
  const file = new URL("../fixture.json", import.meta.url);
  const { plan } = fixturePlan(Deno.readTextFileSync(file), "fixture.json");
  const times = { created: SEEDED_AT, updated: SEEDED_AT };
  const userOf = (id: number): NewUser => ({
    ...plan.users.user(id),
    ...times,
    ...changes[id],
    id,
  });
  return async (storage) => {
    await storage.departments.put(plan.departments.map((row) => ({ ...row, status: 0, ...times })));
    for (const ids of idPieces(plan.users, PIECE_ROWS)) {
      assert.ok((await storage.users.add(ids.map(userOf))).ok);
    }
    for (const { id, name, type, creator, members } of plan.groups) {
      const created = await storage.groups.create({
        id,
        name,
        avatar: "",
        creator,
        type,
        members: [...idPieces(members, PIECE_ROWS)].flat(),
        created: SEEDED_AT,
      });
      assert.ok(created.ok);
    }
  };
}
