/**
 * Device tokens with the keys of docs/spec/storage.md 5.3: `device_<user>` holds `ios:<token>` or
 * `android:<token>`, empty after a logout, and `device_<token>` who registered the token last. Both
 * kinds of keys share one name space, so a token of digits only gets no key of its own
 * (docs/spec/pitfalls.md P-PUSH5). Scripts keep the two in step, as Redis runs one at a time.
 */
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_IOS } from "../../../proto/ids.ts";
import type { DeviceToken, DeviceTokenStore, PushTarget } from "../types.ts";
import { idChunks } from "./id_lists.ts";
import type { EngineParts } from "./parts.ts";

/** As the original names the client types that get pushes. */
const KINDS: readonly (readonly [kind: string, clientType: number])[] = [
  ["ios", CLIENT_TYPE_IOS],
  ["android", CLIENT_TYPE_ANDROID],
];

/**
 * `leave` empties the key of the token that the user had, unless somebody else has the token by now.
 * The original also stored bare tokens, of terminals that got no pushes.
 */
const FUNCTIONS = `
  local function get(name)
    return redis.call('GET', 'device_' .. name) or ''
  end
  local function set(name, value)
    redis.call('SET', 'device_' .. name, value)
  end
  local function tokenOf(user)
    local entry = get(user)
    return string.match(entry, '^ios:(.*)$') or string.match(entry, '^android:(.*)$') or entry
  end
  local function hasKey(token)
    return string.find(token, '%D') ~= nil
  end
  local function leave(user)
    local token = tokenOf(user)
    if hasKey(token) and get(token) == user then set(token, '') end
  end`;

/** Arguments: user, token, entry of the user. Who had the token before has none then (P-PUSH9). */
const PUT = `${FUNCTIONS}
  local user, token, entry = ARGV[1], ARGV[2], ARGV[3]
  leave(user)
  if hasKey(token) then
    local owner = get(token)
    if owner ~= user and string.find(owner, '^%d+$') and tokenOf(owner) == token then
      set(owner, '')
    end
    set(token, user)
  end
  set(user, entry)`;

/** Argument: user. Who never had a token gets no key. */
const ERASE = `${FUNCTIONS}
  local user = ARGV[1]
  leave(user)
  if get(user) ~= '' then set(user, '') end`;

export class MysqlDeviceTokens implements DeviceTokenStore {
  readonly #master: EngineParts["master"];
  readonly #slave: EngineParts["slave"];
  readonly #redis: EngineParts["redis"]["token"];

  constructor({ master, slave, redis }: Pick<EngineParts, "master" | "slave" | "redis">) {
    this.#master = master;
    this.#slave = slave;
    this.#redis = redis.token;
  }

  async put({ userId, clientType, token }: DeviceToken): Promise<void> {
    const user = await this.#master.row("SELECT id FROM IMUser WHERE id = ?", [userId]);
    if (user === null) return;
    const kind = KINDS.find(([, type]) => type === clientType)?.[0];
    const entry = kind === undefined ? token : `${kind}:${token}`;
    await this.#redis.script(PUT, [], [userId, token, entry]);
  }

  async erase(userId: number): Promise<void> {
    await this.#redis.script(ERASE, [], [userId]);
  }

  async of(userIds: readonly number[]): Promise<readonly PushTarget[]> {
    const tokens = await this.#tokensOf(userIds);
    const shields = await this.#pushShieldsOf(tokens.map(({ userId }) => userId));
    return tokens
      .flatMap((token) => {
        const push_shield_status = shields.get(token.userId);
        return push_shield_status === undefined ? [] : { ...token, push_shield_status };
      })
      .sort((a, b) => String(a.userId) < String(b.userId) ? -1 : 1);
  }

  async #tokensOf(userIds: readonly number[]): Promise<DeviceToken[]> {
    const chunks = idChunks(userIds);
    const entries = await this.#redis.pipeline<(string | null)[]>(
      chunks.map((ids) => ["mget", ...ids.map((id) => `device_${id}`)] as const),
    );
    return chunks.flatMap((ids, at) =>
      ids.flatMap((userId, i) => parseEntry(userId, entries[at]![i]!))
    );
  }

  /** By user id; who does not exist is not in it. */
  async #pushShieldsOf(userIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const shields = new Map<number, number>();
    for (const ids of idChunks(userIds)) {
      const rows = await this.#slave.rows<{ id: number; push_shield_status: number }>(
        "SELECT id, push_shield_status FROM IMUser WHERE id IN (?)",
        [ids],
      );
      for (const { id, push_shield_status } of rows) shields.set(id, push_shield_status);
    }
    return shields;
  }
}

/** Nothing for an entry that no push can be sent to: none, emptied, bare, or of another kind. */
function parseEntry(userId: number, entry: string | null): DeviceToken | [] {
  for (const [kind, clientType] of KINDS) {
    if (!entry?.startsWith(`${kind}:`)) continue;
    const token = entry.slice(kind.length + 1);
    return token === "" ? [] : { userId, clientType, token };
  }
  return [];
}
