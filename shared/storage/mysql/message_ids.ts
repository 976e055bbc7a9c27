/**
 * Message ids: counters in Redis, as in the original (docs/spec/storage.md 5.1). Redis may lose them
 * or come back with older ones, the messages stay in MySQL; so a counter is used only above a floor,
 * the highest id that the table has. It is read from there for each conversation once, again when the
 * counter is missing, and again for all after the connection to Redis was lost
 * (docs/spec/pitfalls.md P-MSG5). Ids are never given twice; a crash can leave gaps.
 */
import { LruMap } from "../../lru_map.ts";
import type { EngineParts } from "./parts.ts";
import { type ConversationKey, counterKey, NO_MSG_ID, selectMaxId } from "./message_tables.ts";

/** Conversations whose floor is remembered: about 10 MB. */
const MAX_REMEMBERED = 100_000;
/** Answer for a counter that is missing and may not be made up. */
const MISSING = -1;
/** No floor is known. */
const UNKNOWN = -1;

/**
 * KEYS counters; ARGV per counter: floor, ids wanted, and 1 when the floor was just read from the
 * table. Gives the last of the ids per counter. What is no counter, or has run past all ids, counts
 * as missing.
 */
const TAKE_IDS = `
  local last = {}
  for i, key in ipairs(KEYS) do
    local floor = tonumber(ARGV[3 * i - 2])
    local value = redis.pcall("GET", key)
    local now = type(value) == "string" and tonumber(value) or nil
    if now and (now < 0 or now >= ${NO_MSG_ID}) then now = nil end
    if floor < 0 or (not now and ARGV[3 * i] == "0") then
      last[i] = ${MISSING}
    else
      if not now or now < floor then redis.call("SET", key, floor) end
      last[i] = redis.call("INCRBY", key, ARGV[3 * i - 1])
    end
  end
  return last`;

export interface WantedIds {
  readonly key: ConversationKey;
  readonly count: number;
}

export class MessageIds {
  readonly #parts: Pick<EngineParts, "master" | "redis">;
  readonly #floors = new LruMap<string, number>({ maxWeight: MAX_REMEMBERED });

  constructor(parts: Pick<EngineParts, "master" | "redis">) {
    this.#parts = parts;
    parts.redis.unread.onReconnected(() => this.forget());
  }

  /** The first of `count` new consecutive ids of each conversation. */
  async take(wanted: readonly WantedIds[]): Promise<number[]> {
    const unknown = wanted.filter(({ key }) => this.#floors.get(counterKey(key)) === undefined);
    const read = await this.#readFloors(unknown);
    const last = await this.#run(wanted, read);
    const missing = wanted.filter((_, at) => last[at] === MISSING);
    if (missing.length > 0) {
      const again = await this.#run(missing, await this.#readFloors(missing));
      for (const [at, one] of missing.entries()) last[wanted.indexOf(one)] = again[at]!;
    }
    return wanted.map(({ key, count }, at) => {
      this.#floors.set(counterKey(key), last[at]!);
      return last[at]! - count + 1;
    });
  }

  /** Floors are read again: somebody else has stored ids that we were about to give. */
  forget(): void {
    this.#floors.clear();
  }

  #run(wanted: readonly WantedIds[], read: ReadonlyMap<string, number>): Promise<number[]> {
    const keys = wanted.map(({ key }) => counterKey(key));
    const args = wanted.flatMap(({ count }, at) => {
      const inTable = read.get(keys[at]!);
      const floor = Math.max(inTable ?? UNKNOWN, this.#floors.get(keys[at]!) ?? UNKNOWN);
      return [floor, count, inTable === undefined ? 0 : 1];
    });
    return this.#parts.redis.unread.script(TAKE_IDS, keys, args) as Promise<number[]>;
  }

  /** Highest stored ids by counter. */
  async #readFloors(wanted: readonly WantedIds[]): Promise<ReadonlyMap<string, number>> {
    if (wanted.length === 0) return new Map();
    const rows = await this.#parts.master.rows<{ counter: string; maxId: number }>(
      wanted.map(({ key }) => `(${selectMaxId(key)})`).join(" UNION ALL "),
    );
    return new Map(rows.map(({ counter, maxId }) => [counter, maxId]));
  }
}
