/**
 * Who is a member of a group, and since when. Redis has it (docs/spec/storage.md 5.4); a group whose
 * hash is missing there is looked up in MySQL and written back (docs/spec/pitfalls.md P-GRP7).
 */
import type { Members } from "../types.ts";
import { chunks } from "./id_lists.ts";
import type { EngineParts } from "./parts.ts";

/** Fields of one command. */
const CHUNK = 500;

type Hash = Readonly<Record<string, string>>;

export function memberKey(groupId: number): string {
  return `group_member_${groupId}`;
}

export class Memberships {
  readonly #parts: Pick<EngineParts, "master" | "redis">;

  constructor(parts: Pick<EngineParts, "master" | "redis">) {
    this.#parts = parts;
  }

  /** Members by ascending id; `null` when the group is unknown, deleted or empty. */
  async members(groupId: number): Promise<Members | null> {
    const { redis, master } = this.#parts;
    const group = await master.row<{ status: number }>(
      "SELECT status FROM IMGroup WHERE id = ?",
      [groupId],
    );
    if (group?.status !== 0) return null;
    const [hash] = await redis.group_member.pipeline<Hash>([["hgetall", memberKey(groupId)]]);
    const members = parseMembers(hash!);
    return members.size > 0 ? members : await this.#rebuild(groupId);
  }

  /** When the user joined; `null` for who is no member, and for groups without members. */
  async joinTime(groupId: number, userId: number): Promise<number | null> {
    return (await this.joinTimes([{ groupId, userId }]))[0]!;
  }

  /** {@link joinTime} for many, in one round trip unless a group's hash is missing. */
  async joinTimes(
    asked: readonly { readonly groupId: number; readonly userId: number }[],
  ): Promise<(number | null)[]> {
    const commands = asked.flatMap(({ groupId, userId }) => [
      ["hget", memberKey(groupId), userId] as const,
      ["exists", memberKey(groupId)] as const,
    ]);
    const answers = await this.#parts.redis.group_member.pipeline<string | number | null>(commands);
    const rebuilt = new Map<number, Members | null>();
    const times: (number | null)[] = [];
    for (const [at, { groupId, userId }] of asked.entries()) {
      const joined = answers[2 * at] as string | null;
      if (joined !== null || answers[2 * at + 1] === 1) {
        times.push(joined === null ? null : Number(joined));
        continue;
      }
      if (!rebuilt.has(groupId)) rebuilt.set(groupId, await this.#rebuild(groupId));
      times.push(rebuilt.get(groupId)?.get(userId) ?? null);
    }
    return times;
  }

  /** Writes down in Redis what was committed to MySQL. */
  async joined(groupId: number, userIds: readonly number[], now: number): Promise<void> {
    await this.#write(groupId, userIds.map((userId) => [userId, now]));
  }

  /** Writes down in Redis what was committed to MySQL. */
  async left(groupId: number, userIds: readonly number[]): Promise<void> {
    const commands = chunks(userIds, CHUNK).map((ids) =>
      ["hdel", memberKey(groupId), ...ids] as const
    );
    await this.#parts.redis.group_member.pipeline(commands);
  }

  /** Makes the group's hash anew from MySQL. */
  async renew(groupId: number): Promise<void> {
    await this.#parts.redis.group_member.pipeline([["del", memberKey(groupId)]]);
    await this.#rebuild(groupId);
  }

  async #rebuild(groupId: number): Promise<Members | null> {
    const rows = await this.#parts.master.rows<{ userId: number; updated: number }>(
      `SELECT m.userId, m.updated FROM IMGroupMember m JOIN IMGroup g ON g.id = m.groupId
       WHERE m.groupId = ? AND m.status = 0 AND g.status = 0 ORDER BY m.userId`,
      [groupId],
    );
    if (rows.length === 0) return null;
    await this.#write(groupId, rows.map(({ userId, updated }) => [userId, updated]));
    return new Map(rows.map(({ userId, updated }) => [userId, updated]));
  }

  async #write(groupId: number, entries: readonly (readonly [number, number])[]): Promise<void> {
    const commands = chunks(entries, CHUNK).map((some) =>
      ["hset", memberKey(groupId), ...some.flat()] as const
    );
    await this.#parts.redis.group_member.pipeline(commands);
  }
}

function parseMembers(hash: Hash): Members {
  const entries = Object.entries(hash).map(([user, time]) => [Number(user), Number(time)] as const);
  return new Map(entries.sort(([a], [b]) => a - b));
}
