/** A real pool, of Redis or MySQL, of which one method is the test's. */
import type { RedisPool } from "../../redis/pool.ts";
import type { MysqlPool } from "../pool.ts";

/** @param script in place of the pool's, which it may call */
export function withScript<Pool extends RedisPool | MysqlPool>(
  pool: Pool,
  script: Pool["script"],
): Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      if (name === "script") return script;
      const member = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
