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
    const asked = Array.from(distinct.values(), ({ fromId, toId }) => (
      { groupId: toId, userId: fromId }
    ));
    const [live, times] = await Promise.all([
      this.#among(asked.map(({ groupId }) => groupId)),
      this.#memberships.joinTimes(asked),
    ]);
    const refusals = new Map<string, "unknown_group" | "not_a_member" | null>();
    for (const [at, name] of [...distinct.keys()].entries()) {
      const { groupId } = asked[at]!;
      if (!live.has(groupId)) refusals.set(name, "unknown_group");
      else if (times[at] !== null) refusals.set(name, null);
      else {
        const isEmpty = await this.#memberships.members(groupId) === null;
        refusals.set(name, isEmpty ? "unknown_group" : "not_a_member");
      }
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
