/** A real Redis pool of which one method is the test's. */
import type { RedisPool } from "../../redis/pool.ts";

/** @param script in place of the pool's, which it may call */
export function withScript(pool: RedisPool, script: RedisPool["script"]): RedisPool {
  return new Proxy(pool, {
    get: (target, name) => {
      if (name === "script") return script;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
