/**
 * Failed logins in Redis, shared by all db_proxy_servers (docs/spec/pitfalls.md P-LOCK). Under each key
 * is the list of its newest failures, as unix seconds, one more than its limit at most; beside them, per
 * kind, the keys by their last failure, so that the one that failed longest ago is given up where there
 * are too many. All of it expires when the last failure in it has aged.
 */
import type {
  FailureKey,
  FailureWindow,
  LoginFailureStore,
  SharedVerdict,
} from "../login_failures.ts";
import { BatchError } from "../write_combiner.ts";
import type { EngineParts } from "./parts.ts";

/** KEYS: index and list of each key. ARGV: now, window; then limit and most keys of each. */
const COUNT = `
  local now = tonumber(ARGV[1])
  local window = tonumber(ARGV[2])
  for i = 1, #KEYS, 2 do
    local oldest = redis.call("LINDEX", KEYS[i + 1], -(tonumber(ARGV[i + 2]) + 1))
    if oldest and tonumber(oldest) >= now - window then return 0 end
  end
  for i = 1, #KEYS, 2 do
    local index, list = KEYS[i], KEYS[i + 1]
    redis.call("RPUSH", list, now)
    redis.call("LTRIM", list, -(tonumber(ARGV[i + 2]) + 1), -1)
    redis.call("EXPIRE", list, window + 1)
    redis.call("ZREMRANGEBYSCORE", index, "-inf", "(" .. (now - window))
    redis.call("ZADD", index, now, list)
    redis.call("EXPIRE", index, window + 1)
    local excess = redis.call("ZCARD", index) - tonumber(ARGV[i + 3])
    if excess > 0 then
      local given_up = redis.call("ZRANGE", index, 0, excess - 1)
      redis.call("ZREMRANGEBYRANK", index, 0, excess - 1)
      for _, key in ipairs(given_up) do redis.call("DEL", key) end
    end
  end
  return 1`;

export class RedisLoginFailures implements LoginFailureStore {
  readonly #redis: EngineParts["redis"]["token"];

  constructor({ redis }: Pick<EngineParts, "redis">) {
    this.#redis = redis.token;
  }

  count(keys: readonly FailureKey[], { now, windowSec }: FailureWindow): Promise<SharedVerdict> {
    const names = keys.flatMap((key) => [indexOf(key), listOf(key)]);
    const limits = keys.flatMap(({ limit, maxKeys }) => [limit, maxKeys]);
    return whileThere(async () => {
      const isCounted = await this.#redis.script(COUNT, names, [now, windowSec, ...limits]);
      return isCounted === 1 ? "counted" : "locked";
    });
  }

  async takeBack(
    keys: readonly FailureKey[],
    { forgotten }: { readonly forgotten: readonly FailureKey[] },
  ): Promise<void> {
    await whileThere(async () => {
      await this.#redis.pipeline([
        ...keys.map((key) => ["rpop", listOf(key)] as const),
        ...forgotten.map((key) => ["del", listOf(key)] as const),
      ]);
      return "counted";
    });
  }
}

function indexOf({ kind }: FailureKey): string {
  return `failed_login_${kind}s`;
}

function listOf({ kind, key }: FailureKey): string {
  return `failed_login_${kind}_${key}`;
}

/** A Redis that is away is told by its pool, and costs nobody a login. */
async function whileThere(work: () => Promise<SharedVerdict>): Promise<SharedVerdict> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BatchError) return "unavailable";
    throw error;
  }
}
