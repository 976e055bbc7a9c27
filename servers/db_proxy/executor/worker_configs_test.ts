import assert from "node:assert/strict";
import type { MysqlConfig } from "../config.ts";
import { CONFIG } from "../test_support/tasks.ts";
import { mainThreadConfig, workerConfigs } from "./worker_configs.ts";

const MYSQL_POOL = {
  host: "127.0.0.1",
  port: 3306,
  database: "teamtalk",
  user: "test",
  password: "",
  maxConnections: 16,
};
const redisPool = (name: string) => ({ name, host: "127.0.0.1", port: 6379, db: 1 });

const STORAGE: MysqlConfig = {
  kind: "mysql",
  master: { ...MYSQL_POOL, name: "teamtalk_master" },
  slave: { ...MYSQL_POOL, name: "teamtalk_slave" },
  redis: {
    unread: redisPool("unread"),
    group_set: redisPool("group_set"),
    token: redisPool("token"),
    group_member: redisPool("group_member"),
  },
  msfsSite: "http://127.0.0.1:8700",
  keepLegacyHash: true,
  background: "run",
};

interface Asked {
  readonly threadNum: number;
  readonly cores: number;
  readonly master?: number;
  readonly slave?: number;
}

/** The storage of each worker. */
function workers({ threadNum, cores, master = 16, slave = 16 }: Asked): readonly MysqlConfig[] {
  const storage: MysqlConfig = {
    ...STORAGE,
    master: { ...STORAGE.master, maxConnections: master },
    slave: { ...STORAGE.slave, maxConnections: slave },
  };
  return workerConfigs({ ...CONFIG, threadNum, storage }, cores).map(({ storage }) => {
    assert.ok(storage.kind === "mysql");
    return storage;
  });
}

Deno.test("workerConfigs(), ThreadNum=0 is the main thread, whatever the storage", () => {
  assert.deepEqual(workerConfigs({ ...CONFIG, threadNum: 0 }, 8), []);
  assert.deepEqual(workers({ threadNum: 0, cores: 8 }), []);
});

Deno.test("workerConfigs(), the embedded engine has one worker", () => {
  const config = { ...CONFIG, threadNum: 48 };
  assert.deepEqual(workerConfigs(config, 8), [config]);
});

Deno.test("workerConfigs(), MySQL has ThreadNum workers, as far as there are cores beside the network's", () => {
  assert.equal(workers({ threadNum: 3, cores: 8 }).length, 3);
  assert.equal(workers({ threadNum: 48, cores: 4 }).length, 3);
});

Deno.test("workerConfigs(), with MySQL a single worker would only be in the way", () => {
  assert.deepEqual(workers({ threadNum: 1, cores: 8 }), []);
  assert.deepEqual(workers({ threadNum: 48, cores: 2 }), []);
  assert.deepEqual(workers({ threadNum: 48, cores: 1 }), []);
  assert.deepEqual(workers({ threadNum: 48, cores: 8, master: 3 }), []);
});

Deno.test("workerConfigs() divides the connections, two for writing each, within the limit", () => {
  const limits = (asked: Asked) =>
    workers(asked).map(({ master, slave }) => [master.maxConnections, slave.maxConnections]);
  assert.deepEqual(limits({ threadNum: 2, cores: 8 }), [[8, 8], [8, 8]]);
  assert.deepEqual(limits({ threadNum: 3, cores: 8 }), [[5, 5], [5, 5], [5, 5]]);
  assert.deepEqual(limits({ threadNum: 7, cores: 8, master: 4, slave: 1 }), [[2, 1], [2, 1]]);
});

Deno.test("mainThreadConfig() has all connections, and at least two for writing", () => {
  const limits = (maxConnections: number) => {
    const master = { ...STORAGE.master, maxConnections };
    const { storage } = mainThreadConfig({ ...CONFIG, storage: { ...STORAGE, master } });
    assert.ok(storage.kind === "mysql");
    return [storage.master.maxConnections, storage.slave.maxConnections, storage.background];
  };
  assert.deepEqual(limits(16), [16, 16, "run"]);
  assert.deepEqual(limits(1), [2, 16, "run"]);
  assert.deepEqual(mainThreadConfig(CONFIG), CONFIG);
});

Deno.test("workerConfigs(), the first worker alone runs what has to be done now and then", () => {
  const background = workers({ threadNum: 3, cores: 8 }).map((one) => one.background);
  assert.deepEqual(background, ["run", "leave", "leave"]);
});

Deno.test("workerConfigs() survive the way to a worker, which takes plain values only", () => {
  const [config] = workerConfigs({ ...CONFIG, threadNum: 2, storage: STORAGE }, 3);
  assert.deepEqual(structuredClone(config), config);
});
