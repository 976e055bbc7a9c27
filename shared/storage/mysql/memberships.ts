/**
 * Who is a member of a group, and since when. Redis has it (docs/spec/storage.md 5.4); a group whose
 * hash is missing there is looked up in MySQL and written back (docs/spec/pitfalls.md P-GRP7).
 */
import type { Members } from "../types.ts";
import { idChunks } from "./id_lists.ts";
import type { EngineParts } from "./parts.ts";
import type { Transaction } from "./pool.ts";

interface MemberRow {
  readonly userId: number;
  readonly updated: number;
}

/**
 * KEYS: the group's hash. ARGV: "anew" for a hash that is to hold nothing else, or "some"; then pairs
 * of a user's id and when the user joined, "" for who is no member.
 */
const WRITE = `
  if ARGV[1] == "anew" then redis.call("DEL", KEYS[1]) end
  for i = 2, #ARGV, 2 do
    if ARGV[i + 1] == "" then
      redis.call("HDEL", KEYS[1], ARGV[i])
    else
      redis.call("HSET", KEYS[1], ARGV[i], ARGV[i + 1])
    end
  end`;

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
    return members.size > 0 ? members : await this.renew(groupId);
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
      if (!rebuilt.has(groupId)) rebuilt.set(groupId, await this.renew(groupId));
      times.push(rebuilt.get(groupId)?.get(userId) ?? null);
    }
    return times;
  }

  /** Which of the groups have members; read after {@link joinTimes}, which fills what is missing. */
  async filled(groupIds: readonly number[]): Promise<ReadonlySet<number>> {
    const commands = groupIds.map((groupId) => ["exists", memberKey(groupId)] as const);
    const answers = await this.#parts.redis.group_member.pipeline<number>(commands);
    return new Set(groupIds.filter((_, at) => answers[at] === 1));
  }

  /** Writes down in Redis what MySQL says of these users. */
  async sync(groupId: number, userIds: readonly number[]): Promise<void> {
    if (userIds.length === 0) return;
    await this.#locked(groupId, async (tx, isLive) => {
      const present = new Map<number, number>();
      for (const ids of isLive ? idChunks(userIds) : []) {
        const rows = await tx.rows<MemberRow>(
          `SELECT userId, updated FROM IMGroupMember
           WHERE groupId = ? AND userId IN (?) AND status = 0`,
          [groupId, ids],
        );
        for (const { userId, updated } of rows) present.set(userId, updated);
      }
      await this.#write(groupId, "some", userIds.map((id) => [id, present.get(id) ?? ""]));
    });
  }

  /** Makes the group's hash anew from MySQL; the members, or `null` for none. */
  renew(groupId: number): Promise<Members | null> {
    return this.#locked(groupId, async (tx, isLive) => {
      const rows = isLive
        ? await tx.rows<MemberRow>(
          `SELECT userId, updated FROM IMGroupMember
           WHERE groupId = ? AND status = 0 ORDER BY userId`,
          [groupId],
        )
        : [];
      const members = new Map(rows.map(({ userId, updated }) => [userId, updated]));
      await this.#write(groupId, "anew", [...members]);
      return members.size > 0 ? members : null;
    });
  }

  /**
   * A copy from MySQL to Redis. Whoever changes members holds the group's row (group_members.ts), and
   * here it is held until Redis has the copy: an older copy never replaces a newer one. The lock is
   * taken before anything is read, so that what is read is not from before it.
   */
  #locked<T>(
    groupId: number,
    copy: (tx: Transaction, isLive: boolean) => Promise<T>,
  ): Promise<T> {
    return this.#parts.master.transaction(async (tx) => {
      const group = await tx.row<{ status: number }>(
        "SELECT status FROM IMGroup WHERE id = ? LOCK IN SHARE MODE",
        [groupId],
      );
      return await copy(tx, group?.status === 0);
    });
  }

  async #write(
    groupId: number,
    how: "anew" | "some",
    entries: readonly (readonly [number, number | ""])[],
  ): Promise<void> {
    await this.#parts.redis.group_member.script(WRITE, [memberKey(groupId)], [
      how,
      ...entries.flat(),
    ]);
  }
}

function parseMembers(hash: Hash): Members {
  const entries = Object.entries(hash).map(([user, time]) => [Number(user), Number(time)] as const);
  return new Map(entries.sort(([a], [b]) => a - b));
}
