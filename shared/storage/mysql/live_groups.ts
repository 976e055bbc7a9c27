/** Which groups can be written to, and by whom. */
import type { Clock } from "../../clock.ts";
import { LruMap } from "../../lru_map.ts";
import type { EngineParts } from "./parts.ts";
import type { Memberships } from "./memberships.ts";

/** How long a group that was not deleted is taken to be so, in milliseconds. */
const REMEMBER_MS = 2000;
const MAX_REMEMBERED = 50_000;

export interface GroupWriter {
  readonly fromId: number;
  /** The group. */
  readonly toId: number;
}

export class LiveGroups {
  readonly #master: EngineParts["master"];
  readonly #clock: Clock;
  readonly #memberships: Memberships;
  /** When each was last seen not deleted, in milliseconds. */
  readonly #seenMs = new LruMap<number, number>({ maxWeight: MAX_REMEMBERED });

  constructor(
    { master, clock }: Pick<EngineParts, "master" | "clock">,
    memberships: Memberships,
  ) {
    this.#master = master;
    this.#clock = clock;
    this.#memberships = memberships;
  }

  /** For each of the writers why it may not write to its group, or `null`. */
  async refusals(
    writers: readonly GroupWriter[],
  ): Promise<("unknown_group" | "not_a_member" | null)[]> {
    if (writers.length === 0) return [];
    const distinct = new Map(writers.map((writer) => [nameOf(writer), writer]));
    const refusals = new Map<string, "unknown_group" | "not_a_member" | null>();
    const live = await this.#among(Array.from(distinct.values(), ({ toId }) => toId));
    const asked: { readonly groupId: number; readonly userId: number }[] = [];
    for (const [name, { fromId: userId, toId: groupId }] of distinct) {
      if (live.has(groupId)) asked.push({ groupId, userId });
      else refusals.set(name, "unknown_group");
    }
    const times = await this.#memberships.joinTimes(asked);
    const outsiders: typeof asked = [];
    for (const [at, one] of asked.entries()) {
      if (times[at] === null) outsiders.push(one);
      else refusals.set(nameOf({ fromId: one.userId, toId: one.groupId }), null);
    }
    const filled = await this.#memberships.filled(outsiders.map(({ groupId }) => groupId));
    for (const { groupId, userId } of outsiders) {
      const refusal = filled.has(groupId) ? "not_a_member" : "unknown_group";
      refusals.set(nameOf({ fromId: userId, toId: groupId }), refusal);
    }
    return writers.map((writer) => refusals.get(nameOf(writer))!);
  }

  async #among(groupIds: readonly number[]): Promise<ReadonlySet<number>> {
    const nowMs = this.#clock.nowMs();
    const live = new Set<number>();
    const unknown = new Set<number>();
    for (const id of groupIds) {
      const seenMs = this.#seenMs.get(id);
      const isFresh = seenMs !== undefined && Math.abs(nowMs - seenMs) <= REMEMBER_MS;
      (isFresh ? live : unknown).add(id);
    }
    if (unknown.size === 0) return live;
    const rows = await this.#master.rows<{ id: number }>(
      "SELECT id FROM IMGroup WHERE id IN (?) AND status = 0",
      [[...unknown]],
    );
    for (const { id } of rows) {
      this.#seenMs.set(id, nowMs);
      live.add(id);
    }
    return live;
  }
}

function nameOf({ fromId, toId }: GroupWriter): string {
  return `${fromId}-${toId}`;
}
