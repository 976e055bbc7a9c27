/** Users and groups for clusters, in the shape of `tests/golden/fixture.json`. */
import { GROUP_TYPE_NORMAL, GROUP_TYPE_TMP } from "../../proto/mod.ts";
import { md5Hex, teamtalkPasswordHash } from "../../shared/password.ts";
import type { NewUser, Storage } from "../../shared/storage/types.ts";
import { assert } from "../../shared/assert.ts";

/** Every demo user's password. */
export const PASSWORD = "123456";
/** Unix seconds at which the demo data was made: before any test runs. */
export const SEEDED_AT = 1_600_000_000;

export interface DemoGroup {
  readonly id: number;
  readonly type: number;
  readonly creator: number;
  readonly members: readonly number[];
  /** Unix seconds; default: {@link SEEDED_AT}. */
  readonly created?: number;
}

/** Users `user1` to `userN`, and by default the groups 1 (normal) and 2 (temporary) of users 1 to 3. */
export function demoData(
  userCount: number,
  groups: readonly DemoGroup[] = [
    { id: 1, type: GROUP_TYPE_NORMAL, creator: 1, members: [1, 2, 3] },
    { id: 2, type: GROUP_TYPE_TMP, creator: 1, members: [1, 2, 3] },
  ],
): (storage: Storage) => Promise<void> {
  return async (storage) => {
    await storage.departments.put([{
      id: 1,
      departName: "Engineering",
      priority: 1,
      parentId: 0,
      status: 0,
      created: SEEDED_AT,
      updated: SEEDED_AT,
    }]);
    const added = await storage.users.add(
      Array.from({ length: userCount }, (_, i) => demoUser(i + 1)),
    );
    assert(added.ok, "the demo users are the first");
    for (const { id, type, creator, members, created = SEEDED_AT } of groups) {
      const made = await storage.groups.create({
        id,
        name: `group${id}`,
        avatar: "",
        creator,
        type,
        members,
        created,
      });
      assert(made.ok, "the demo groups are the first");
    }
  };
}

/** The row of `user<id>`. */
export function demoUser(id: number, changes: Partial<NewUser> = {}): NewUser {
  const salt = String(id % 10_000).padStart(4, "0");
  return {
    id,
    sex: 1 + (id % 2),
    name: `user${id}`,
    domain: `user${id}`,
    nick: `nick${id}`,
    phone: `138${String(id).padStart(8, "0")}`,
    email: `user${id}@example.com`,
    avatar: "",
    departId: 1,
    status: 0,
    sign_info: "",
    created: SEEDED_AT,
    updated: SEEDED_AT,
    salt,
    password: teamtalkPasswordHash(md5Hex(PASSWORD), salt),
    ...changes,
  };
}
