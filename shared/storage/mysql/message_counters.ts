/**
 * What messages add to the unread counters in Redis (docs/spec/storage.md 5.1). It is written after
 * the messages are committed. If Redis is away at that moment the messages are stored nevertheless
 * and acknowledged; what they add waits here, in order, and is written when Redis is back. A batch
 * whose answer was lost is sent again with its number, and Redis remembers the last number of each
 * writer: nothing is added twice.
 */
import { type Clock, type Timer } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import type { EngineParts } from "./parts.ts";

/** Additions that wait; of more the oldest are left out, which makes counters too low. */
export const MAX_WAITING = 100_000;
/** How often Redis is tried while something waits, in milliseconds. */
const RETRY_MS = 1000;
/** Additions written by one script: some milliseconds of Redis. */
const BATCH = 2000;

/** One stored message: who has one more to read. */
export interface CountedMessage {
  readonly isGroup: boolean;
  readonly fromId: number;
  /** User id, or group id. */
  readonly toId: number;
}

/** How long Redis remembers a writer's last batch, in seconds. */
const REMEMBER_S = 86_400;

/**
 * KEYS and ARGV begin with the writer's key and the number of the batch. KEYS per message: for a single one the receiver's hash twice; for a group the group's hash and the
 * author's, who has read everything by writing. ARGV per message: the author for a single message,
 * "g" for a group. A key of another type, which is nobody's fault here, spoils its own message alone.
 */
const COUNT = `
  if redis.call("GET", KEYS[1]) == ARGV[1] then return end
  redis.call("SET", KEYS[1], ARGV[1], "EX", ${REMEMBER_S})
  for i = 2, #ARGV do
    if ARGV[i] == "g" then
      local count = redis.pcall("HINCRBY", KEYS[2 * i - 2], "count", 1)
      if type(count) == "number" then redis.pcall("HSET", KEYS[2 * i - 1], "count", count) end
    else
      redis.pcall("HINCRBY", KEYS[2 * i - 2], ARGV[i], 1)
    end
  end`;

export function unreadKey(userId: number): string {
  return `unread_${userId}`;
}

export function groupCountKey(groupId: number): string {
  return `${groupId}_im_group_msg`;
}

export function seenCountKey(userId: number, groupId: number): string {
  return `${userId}_${groupId}_im_user_group`;
}

/** Holds the number of the last batch of one writer. */
export const WRITER_KEY_PREFIX = "counted_";

/** A batch on its way: the same additions until Redis has answered. */
interface Batch {
  readonly number: number;
  readonly messages: readonly CountedMessage[];
}

/** Waits for the additions up to its own. */
interface Caller {
  readonly upTo: number;
  readonly resolve: () => void;
}

export class MessageCounters {
  readonly #redis: EngineParts["redis"]["unread"];
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #writerKey = WRITER_KEY_PREFIX + crypto.randomUUID();
  #waiting: CountedMessage[] = [];
  /** Additions so far, and those of them that are in Redis or were given up. */
  #added = 0;
  #written = 0;
  #callers: Caller[] = [];
  #batch: Batch | null = null;
  #batches = 0;
  #writing: Promise<void> | null = null;
  #retry: Timer | null = null;
  #isWarned = false;

  constructor({ redis, clock, log }: Pick<EngineParts, "redis" | "clock" | "log">) {
    this.#redis = redis.unread;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when the additions are in Redis, or have to wait because Redis is away. */
  async add(messages: readonly CountedMessage[]): Promise<void> {
    this.#waiting.push(...messages);
    this.#added += messages.length;
    const excess = this.#waiting.length - MAX_WAITING;
    if (excess > 0) {
      this.#waiting = this.#waiting.slice(excess);
      this.#written += excess;
      this.#log.error("unread counters are too low from now on", { messages: excess });
    }
    if (this.#retry !== null || this.#written === this.#added) return;
    const written = new Promise<void>((resolve) => {
      this.#callers.push({ upTo: this.#added, resolve });
    });
    this.#write();
    await written;
  }

  /** Tries once more to write what waits. */
  async close(): Promise<void> {
    this.#retry?.cancel();
    await this.#write();
    this.#retry?.cancel();
    const messages = this.#waiting.length + (this.#batch?.messages.length ?? 0);
    if (messages > 0) this.#log.error("unread counters are too low", { messages });
  }

  #write(): Promise<void> {
    if (this.#batch === null && this.#waiting.length === 0) return Promise.resolve();
    this.#writing ??= this.#writeWaiting();
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    this.#retry?.cancel();
    this.#retry = null;
    while (this.#batch !== null || this.#waiting.length > 0) {
      this.#batch ??= { number: ++this.#batches, messages: this.#waiting.splice(0, BATCH) };
      const { number, messages } = this.#batch;
      try {
        const keys = [this.#writerKey, ...keysOf(messages)];
        await this.#redis.script(COUNT, keys, [number, ...argsOf(messages)]);
      } catch (error) {
        if (!this.#isWarned) {
          this.#log.warn("unread counters wait for Redis", { reason: String(error) });
        }
        this.#isWarned = true;
        this.#retry = this.#clock.after(RETRY_MS, () => void this.#write());
        this.#tell(Infinity);
        break;
      }
      this.#batch = null;
      this.#isWarned = false;
      this.#written += messages.length;
      this.#tell(this.#written);
    }
    // In the same step as the look at what waits: nobody adds to a loop that has ended.
    this.#writing = null;
  }

  #tell(upTo: number): void {
    while (this.#callers.length > 0 && this.#callers[0]!.upTo <= upTo) {
      this.#callers.shift()!.resolve();
    }
  }
}

function keysOf(messages: readonly CountedMessage[]): string[] {
  return messages.flatMap(({ isGroup, fromId, toId }) =>
    isGroup ? [groupCountKey(toId), seenCountKey(fromId, toId)] : [unreadKey(toId), unreadKey(toId)]
  );
}

function argsOf(messages: readonly CountedMessage[]): (string | number)[] {
  return messages.map(({ isGroup, fromId }) => isGroup ? "g" : fromId);
}
