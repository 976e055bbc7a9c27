/** Users `user1` to `user<N>` of a place, added in large steps as no server works there yet. */
import { systemClock } from "../../../shared/clock.ts";
import { systemRandom } from "../../../shared/random.ts";
import type { Storage } from "../../../shared/storage/types.ts";
import { demoPlan } from "../../../servers/suite/seed/demo_plan.ts";
import { idPieces } from "../../../servers/suite/seed/plan.ts";
import { nowSec } from "../../../shared/clock.ts";

const PIECE_ROWS = 1000;

export interface PreloadedUsers {
  readonly users: number;
  /** Of all of them. */
  readonly password: string;
}

/** Adds those that are missing above the highest id in use. */
export async function preloadUsers(
  storage: Storage,
  { users, password }: PreloadedUsers,
): Promise<void> {
  const plan = demoPlan({ users, groups: 0, members: 0, password }, systemRandom);
  const present = await storage.users.maxId();
  if (present === 0) {
    await storage.departments.put(
      plan.departments.map((one) => ({ ...one, status: 0, ...times() })),
    );
  }
  for (const ids of idPieces({ first: present + 1, last: users }, PIECE_ROWS)) {
    const rows = ids.map((id) => ({ ...plan.users.user(id), id, ...times() }));
    const added = await storage.users.add(rows);
    if (!added.ok) throw new Error(`Cannot add users ${ids[0]} to ${ids.at(-1)}: they exist`);
  }
}

function times(): { readonly created: number; readonly updated: number } {
  const now = nowSec(systemClock);
  return { created: now, updated: now };
}
