/** Counters of group messages in Redis: stored in the group, and seen by a member. */
import { groupCountKey, seenCountKey } from "./message_counters.ts";
import type { EngineParts } from "./parts.ts";

/**
 * KEYS: the group's hash, then members' hashes, which get its count. A group without a message has
 * no hash, and its members then need none.
 */
const COPY = `
  local count = redis.call("HGET", KEYS[1], "count")
  if count then
    for i = 2, #KEYS do redis.call("HSET", KEYS[i], "count", count) end
  end`;

export class GroupCounts {
  readonly #unread: EngineParts["redis"]["unread"];

  constructor({ redis }: Pick<EngineParts, "redis">) {
    this.#unread = redis.unread;
  }

  /** The members have seen everything in the group. */
  async seen(groupId: number, userIds: readonly number[]): Promise<void> {
    const keys = userIds.map((userId) => seenCountKey(userId, groupId));
    await this.#unread.script(COPY, [groupCountKey(groupId), ...keys], []);
  }

  /** How many messages the user has not seen, for each of the groups (docs/spec/storage.md 5.1). */
  async unseen(userId: number, groupIds: readonly number[]): Promise<number[]> {
    const counts = await this.#unread.pipeline<string | null>(groupIds.flatMap((groupId) => [
      ["hget", groupCountKey(groupId), "count"] as const,
      ["hget", seenCountKey(userId, groupId), "count"] as const,
    ]));
    // A loss of data can leave a member with more than the group (docs/spec/pitfalls.md P-UNR1).
    return groupIds.map((_, at) =>
      Math.max(0, Number(counts[2 * at] ?? 0) - Number(counts[2 * at + 1] ?? 0))
    );
  }
}
