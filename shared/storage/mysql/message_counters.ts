/**
 * What messages add to the unread counters in Redis (docs/spec/storage.md 5.1). It is written after
 * the messages are committed. If Redis is away at that moment the messages are stored nevertheless
 * and acknowledged; what they add waits here, in order, and is written when Redis is back. A batch
 * whose answer was lost is sent again with its number, and Redis remembers the last number of each
 * writer: nothing is added twice. What waits here when the process dies is in the journal
 * (count_journal.ts), if the database has one.
 */
import { type Clock, type Timer } from "../../clock.ts";
import type { Logger } from "../../log/mod.ts";
import { type CountedBatch, type CountedMessage, CountJournal } from "./count_journal.ts";
import type { EngineParts } from "./parts.ts";

/** Additions that wait; of more the oldest are left out, which makes counters too low. */
export const MAX_WAITING = 100_000;
/** How often Redis is tried while something waits, in milliseconds. */
const RETRY_MS = 1000;
/** Additions written by one script: some milliseconds of Redis. */
const BATCH = 2000;
/** How long Redis remembers a writer's last batch, in seconds. */
const REMEMBER_S = 86_400;

/**
 * KEYS: the writer's, then two per message: for a single one the receiver's hash twice; for a group the
 * group's hash and the author's, who has read everything by writing. ARGV: how many batches, for each
 * its number and how many messages it has, then one per message: the author for a single message, "g"
 * for a group. Batches that were counted before are left out. A key of another type, which is nobody's
 * fault here, spoils its own message alone.
 */
const COUNT = `
  local batches = tonumber(ARGV[1])
  local last = tonumber(redis.call("GET", KEYS[1]) or "0")
  local message = 0
  for batch = 1, batches do
    local number = tonumber(ARGV[2 * batch])
    for _ = 1, tonumber(ARGV[2 * batch + 1]) do
      message = message + 1
      if number > last then
        local first, second = KEYS[2 * message], KEYS[2 * message + 1]
        local author = ARGV[1 + 2 * batches + message]
        if author == "g" then
          local count = redis.pcall("HINCRBY", first, "count", 1)
          if type(count) == "number" then redis.pcall("HSET", second, "count", count) end
        else
          redis.pcall("HINCRBY", first, author, 1)
        end
      end
    end
    last = math.max(last, number)
  end
  redis.call("SET", KEYS[1], last, "EX", ${REMEMBER_S})`;

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

/** Waits for the additions up to its own. */
interface Caller {
  readonly upTo: number;
  readonly resolve: () => void;
}

export class MessageCounters {
  readonly #redis: EngineParts["redis"]["unread"];
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #writer = crypto.randomUUID();
  readonly #journal: CountJournal;
  /** Committed and not counted, in order; first those that are on their way. */
  #sending: CountedBatch[] = [];
  #waiting: CountedBatch[] = [];
  #callers: Caller[] = [];
  /** Nobody knows whether it is committed. */
  #uncertain: CountedBatch | null = null;
  #lastNumber = 0;
  #writing: Promise<void> | null = null;
  #retry: Timer | null = null;
  #recovery: Timer | null = null;
  #recovering: Promise<void> = Promise.resolve();
  #isWarned = false;

  constructor({ master, redis, clock, log }: CountersParts) {
    this.#redis = redis.unread;
    this.#clock = clock;
    this.#log = log;
    this.#journal = new CountJournal(master, this.#writer);
  }

  /** Numbers what a transaction is going to add. */
  begin(messages: readonly CountedMessage[]): CountedBatch {
    return { number: ++this.#lastNumber, messages };
  }

  /** What the transaction has to begin with; none without a journal. @throws {StorageError} */
  async statements(batch: CountedBatch): Promise<string[]> {
    if (!await this.#journal.isThere()) return [];
    return [this.#journal.statement([...this.#sending, ...this.#waiting, batch])];
  }

  /** The transaction may be committed or not. */
  unsure(batch: CountedBatch): void {
    this.#uncertain = batch;
  }

  /**
   * Finds out what became of the last transaction, if that is not known, and counts it if it was
   * committed. @throws {StorageError} when MySQL is away
   */
  async settle(): Promise<void> {
    const batch = this.#uncertain;
    if (batch === null) return;
    if (!await this.#journal.isThere()) {
      this.#uncertain = null;
      return;
    }
    const committed = await this.#journal.lastCommitted(++this.#lastNumber);
    this.#uncertain = null;
    if (committed === batch.number) await this.add(batch);
  }

  /** Resolves when the additions are in Redis, or have to wait because Redis is away. */
  async add(batch: CountedBatch): Promise<void> {
    if (batch.messages.length === 0) return;
    this.#waiting.push(batch);
    while (countOf(this.#waiting) > MAX_WAITING) {
      const { messages } = this.#waiting.shift()!;
      this.#log.error("unread counters are too low from now on", { messages: messages.length });
    }
    if (this.#retry !== null) return;
    const written = new Promise<void>((resolve) => {
      this.#callers.push({ upTo: batch.number, resolve });
    });
    this.#write();
    await written;
  }

  /** Counts what writers that have ended left uncounted, and tries again until that is done. */
  recover(): void {
    this.#recovery = null;
    this.#recovering = this.#countLeftovers().catch((error) => {
      this.#log.warn("unread counters of a crash wait", { reason: String(error) });
      this.#recovery = this.#clock.after(RETRY_MS, () => this.recover());
    });
  }

  /** Tries once more to write what waits. */
  async close(): Promise<void> {
    this.#recovery?.cancel();
    await this.#recovering;
    this.#recovery?.cancel();
    this.#retry?.cancel();
    await this.settle().catch(() => {/* Whoever starts next finds it in the journal. */});
    await this.#write();
    this.#retry?.cancel();
    const messages = countOf([...this.#sending, ...this.#waiting]);
    if (messages > 0) this.#log.error("unread counters are too low", { messages });
    else if (this.#uncertain === null) await this.#end();
  }

  async #end(): Promise<void> {
    try {
      if (this.#lastNumber > 0 && await this.#journal.isThere()) await this.#journal.end();
    } catch {
      // Somebody finds that it was counted.
    }
  }

  async #countLeftovers(): Promise<void> {
    if (!await this.#journal.isThere()) return;
    for (const leftover of await this.#journal.leftovers()) {
      await this.#count(leftover.writer, leftover.batches);
      await this.#journal.remove(leftover);
    }
  }

  #write(): Promise<void> {
    if (this.#sending.length + this.#waiting.length === 0) return Promise.resolve();
    this.#writing ??= this.#writeWaiting();
    return this.#writing;
  }

  async #writeWaiting(): Promise<void> {
    this.#retry?.cancel();
    this.#retry = null;
    while (this.#sending.length + this.#waiting.length > 0) {
      if (this.#sending.length === 0) this.#sending = this.#takeWaiting();
      try {
        await this.#count(this.#writer, this.#sending);
      } catch (error) {
        if (!this.#isWarned) {
          this.#log.warn("unread counters wait for Redis", { reason: String(error) });
        }
        this.#isWarned = true;
        this.#retry = this.#clock.after(RETRY_MS, () => void this.#write());
        this.#tell(Infinity);
        break;
      }
      this.#isWarned = false;
      const { number } = this.#sending.at(-1)!;
      this.#sending = [];
      this.#tell(number);
    }
    // In the same step as the look at what waits: nobody adds to a loop that has ended.
    this.#writing = null;
  }

  /** As many batches as one script writes, at least one. */
  #takeWaiting(): CountedBatch[] {
    let end = 1;
    let count = this.#waiting[0]!.messages.length;
    while (end < this.#waiting.length && count < BATCH) {
      count += this.#waiting[end++]!.messages.length;
    }
    return this.#waiting.splice(0, end);
  }

  #tell(upTo: number): void {
    while (this.#callers.length > 0 && this.#callers[0]!.upTo <= upTo) {
      this.#callers.shift()!.resolve();
    }
  }

  async #count(writer: string, batches: readonly CountedBatch[]): Promise<void> {
    if (batches.length === 0) return;
    const messages = batches.flatMap((batch) => batch.messages);
    await this.#redis.script(COUNT, [WRITER_KEY_PREFIX + writer, ...keysOf(messages)], [
      batches.length,
      ...batches.flatMap((batch) => [batch.number, batch.messages.length]),
      ...argsOf(messages),
    ]);
  }
}

function countOf(batches: readonly CountedBatch[]): number {
  return batches.reduce((sum, { messages }) => sum + messages.length, 0);
}

type CountersParts = Pick<EngineParts, "master" | "redis" | "clock" | "log">;

function keysOf(messages: readonly CountedMessage[]): string[] {
  return messages.flatMap(({ isGroup, fromId, toId }) =>
    isGroup ? [groupCountKey(toId), seenCountKey(fromId, toId)] : [unreadKey(toId), unreadKey(toId)]
  );
}

function argsOf(messages: readonly CountedMessage[]): (string | number)[] {
  return messages.map(({ isGroup, fromId }) => isGroup ? "g" : fromId);
}
