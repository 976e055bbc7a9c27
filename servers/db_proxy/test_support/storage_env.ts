/** A storage as the environment of a server or command, to which any `dbproxyserver.conf` yields. */
import type { EngineTls } from "../../../shared/storage/engine_tls.ts";
import type { StorageConfig } from "../config.ts";

const AES_KEY = "12345678901234567890123456789012";

/** Complete: no file is needed besides. */
export function storageEnv(storage: StorageConfig): Record<string, string> {
  const values = { aesKey: AES_KEY, ...storageValues(storage) };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      `TEAMTALK_DBPROXYSERVER_${key.toUpperCase()}`,
      String(value),
    ]),
  );
}

function storageValues(storage: StorageConfig): Record<string, string | number> {
  if (storage.kind === "sqlite") {
    return { Storage: "sqlite", DataDir: storage.path.replace(/\/[^/]*$/, "") };
  }
  const values: Record<string, string | number> = {
    Storage: "mysql",
    MsfsSite: storage.msfsSite,
    DBInstances: "teamtalk_master,teamtalk_slave",
    CacheInstances: "unread,group_set,token,sync,group_member",
    sync_host: "127.0.0.1",
  };
  for (
    const { name, host, port, user, database, maxConnections, tls } of [
      storage.master,
      storage.slave,
    ]
  ) {
    values[`${name}_host`] = host;
    values[`${name}_port`] = port;
    values[`${name}_username`] = user;
    values[`${name}_dbname`] = database;
    values[`${name}_maxconncnt`] = maxConnections;
    Object.assign(values, tlsValues(name, tls));
  }
  for (const { name, host, port, db, tls } of Object.values(storage.redis)) {
    values[`${name}_host`] = host;
    values[`${name}_port`] = port;
    values[`${name}_db`] = db;
    Object.assign(values, tlsValues(name, tls));
  }
  return values;
}

function tlsValues(pool: string, tls: EngineTls | undefined): Record<string, string | number> {
  if (tls === undefined) return {};
  return {
    [`${pool}_tls`]: 1,
    ...(tls.caFile !== null && { [`${pool}_cafile`]: tls.caFile }),
    ...(tls.serverName !== null && { [`${pool}_tlsname`]: tls.serverName }),
  };
}
