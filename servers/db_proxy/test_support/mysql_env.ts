/** Test engines as the environment of a server or command, which any `dbproxyserver.conf` yields to. */
import type { TestEngines } from "../../../shared/storage/mysql/test_support/test_engines.ts";

const AES_KEY = "12345678901234567890123456789012";
const REDIS_POOLS = ["unread", "group_set", "token", "group_member"] as const;

/** Complete: no file is needed besides. `database`: another one than the engines' own. */
export function mysqlEnv(
  engines: TestEngines,
  database: string = engines.database,
): Record<string, string> {
  const values: Record<string, string | number> = {
    Storage: "mysql",
    aesKey: AES_KEY,
    DBInstances: "teamtalk_master,teamtalk_slave",
    CacheInstances: "unread,group_set,token,sync,group_member",
    sync_host: "127.0.0.1",
  };
  for (const name of ["teamtalk_master", "teamtalk_slave"] as const) {
    const { host, port, user } = engines.mysqlPool(name);
    values[`${name}_host`] = host;
    values[`${name}_port`] = port;
    values[`${name}_username`] = user;
    values[`${name}_dbname`] = database;
  }
  for (const name of REDIS_POOLS) {
    const { host, port, db } = engines.redisPool(name);
    values[`${name}_host`] = host;
    values[`${name}_port`] = port;
    values[`${name}_db`] = db;
  }
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      `TEAMTALK_DBPROXYSERVER_${key.toUpperCase()}`,
      String(value),
    ]),
  );
}
