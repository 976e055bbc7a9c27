/**
 * The last-user-update time U (docs/spec/storage.md 5.1): a client whose own time is not less has
 * nothing to be sent (docs/spec/flows.md 14). All db_proxy_servers share it through Redis, where one
 * script reads and moves it, so that it never goes back whoever moves it at the same time.
 */
import { nowSec } from "../../clock.ts";
import type { EngineParts } from "./parts.ts";

const KEY = "total_user_update";
/** The name under which the original looks for it (docs/spec/pitfalls.md P-SYN1). */
const MISSPELLED_KEY = "total_user_updated";

/**
 * Arguments: the present time, where a missing U starts; the least U may be afterwards; the seconds
 * by which it moves at least. What is no number counts as missing.
 */
const MOVE = `
  local function stored(key)
    local text = redis.call('GET', key)
    return text and string.match(text, '^%d+$') and tonumber(text)
  end
  local before = stored(KEYS[1]) or stored(KEYS[2])
  local start = before or tonumber(ARGV[1])
  local after = math.max(start + tonumber(ARGV[3]), tonumber(ARGV[2]))
  if after ~= before then redis.call('SET', KEYS[1], string.format('%.0f', after)) end
  return after`;

export class LastUserUpdate {
  readonly #redis: EngineParts["redis"]["unread"];
  readonly #clock: EngineParts["clock"];

  constructor({ redis, clock }: Pick<EngineParts, "redis" | "clock">) {
    this.#redis = redis.unread;
    this.#clock = clock;
  }

  get(): Promise<number> {
    return this.#move({ atLeast: 0, by: 0 });
  }

  async raiseTo(time: number): Promise<void> {
    await this.#move({ atLeast: time, by: 0 });
  }

  /** Moves U in any case, so that clients who were up to date ask again; at least to `time`. */
  async advanceTo(time: number): Promise<void> {
    await this.#move({ atLeast: time, by: 1 });
  }

  async #move({ atLeast, by }: { atLeast: number; by: number }): Promise<number> {
    const values = [nowSec(this.#clock), atLeast, by];
    return await this.#redis.script(MOVE, [KEY, MISSPELLED_KEY], values) as number;
  }
}
