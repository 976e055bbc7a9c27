import type { GroupShield, GroupShieldStore } from "../types.ts";
import { idChunks } from "./id_lists.ts";
import type { Memberships } from "./memberships.ts";
import type { EngineParts } from "./parts.ts";

/** The one setting there is: no pushes (docs/spec/storage.md 5.2). */
const PUSH_SETTING = 1;
const FIELD = /^(\d+)_1$/;
const SHIELDED = "1";

export class MysqlGroupShields implements GroupShieldStore {
  readonly #master: EngineParts["master"];
  readonly #redis: EngineParts["redis"]["group_set"];
  readonly #memberships: Memberships;

  constructor(
    { master, redis }: Pick<EngineParts, "master" | "redis">,
    memberships: Memberships,
  ) {
    this.#master = master;
    this.#redis = redis.group_set;
    this.#memberships = memberships;
  }

  async set({ groupId, userId, isShielded }: GroupShield): Promise<boolean> {
    const group = await this.#master.row<{ status: number }>(
      "SELECT status FROM IMGroup WHERE id = ?",
      [groupId],
    );
    if (group?.status !== 0) return false;
    if (await this.#memberships.joinTime(groupId, userId) === null) return false;
    const value = isShielded ? 1 : 0;
    await this.#redis.pipeline([["hset", shieldKey(groupId), shieldField(userId), value]]);
    return true;
  }

  async usersOf(groupId: number): Promise<ReadonlySet<number>> {
    const [settings] = await this.#redis.pipeline<Record<string, string>>([
      ["hgetall", shieldKey(groupId)],
    ]);
    const users = Object.entries(settings!).flatMap(([field, value]) => {
      const match = FIELD.exec(field);
      return match !== null && value === SHIELDED ? Number(match[1]) : [];
    });
    return new Set(users);
  }

  async shieldedBy(userId: number, groupIds: readonly number[]): Promise<ReadonlySet<number>> {
    const shielded = new Set<number>();
    for (const some of idChunks(groupIds)) {
      const values = await this.#redis.pipeline<string | null>(
        some.map((groupId) => ["hget", shieldKey(groupId), shieldField(userId)] as const),
      );
      for (const [i, groupId] of some.entries()) {
        if (values[i] === SHIELDED) shielded.add(groupId);
      }
    }
    return shielded;
  }
}

function shieldKey(groupId: number): string {
  return `group_set_${groupId}`;
}

function shieldField(userId: number): string {
  return `${userId}_${PUSH_SETTING}`;
}
