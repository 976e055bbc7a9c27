/** The pool on a real server: how it grows, who waits, what is broken and what is in order again. */
import {
  deepStrictEqual as deepEqual,
  match,
  ok,
  rejects,
  strictEqual as equal,
} from "node:assert/strict";
import { ManualClock, systemClock } from "../../clock.ts";
import { silentLogger } from "../../log/mod.ts";
import { StorageError } from "../types.ts";
import { BatchError } from "../write_combiner.ts";
import { retryingDeadlocks } from "./deadlocks.ts";
import { isDeadlock, isDuplicate } from "./errors.ts";
import {
  ACQUIRE_LIMIT_MS,
  MAX_WAITERS,
  MIN_CONNECTIONS,
  MysqlPool,
  type MysqlPoolConfig,
} from "./pool.ts";
import { STATEMENT_LIMIT_MS } from "./statements.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();

class OpenPool implements AsyncDisposable {
  constructor(readonly pool: MysqlPool, readonly clock: ManualClock) {}

  static async open(
    engines: TestEngines,
    changes: Partial<MysqlPoolConfig> = {},
  ): Promise<OpenPool> {
    const clock = new ManualClock();
    const config = { ...engines.mysqlPool(), ...changes };
    return new OpenPool(await MysqlPool.open(config, { clock, log: silentLogger }), clock);
  }

  /** Takes a connection until what is returned is called; that resolves when it is free again. */
  async hold(): Promise<() => Promise<void>> {
    const held = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const use = this.pool.transaction(async () => {
      begun.resolve();
      await held.promise;
    });
    await begun.promise;
    return () => {
      held.resolve();
      return use;
    };
  }

  async connectionId(): Promise<number> {
    return (await this.pool.row<{ id: number }>("SELECT connection_id() AS id"))!.id;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.pool.close();
  }
}

async function connectionsTo(engines: TestEngines): Promise<number> {
  const rows = await engines.sql<{ id: number }>(`
    SELECT id FROM information_schema.processlist
    WHERE db = '${engines.database}' AND id <> connection_id()`);
  return rows.length;
}

suite.test("MysqlPool opens some connections, and more only for those who would wait", async (engines) => {
  const maxConnections = MIN_CONNECTIONS + 3;
  await using opened = await OpenPool.open(engines, { maxConnections });
  equal(await connectionsTo(engines), MIN_CONNECTIONS);
  const free = await Promise.all(Array.from({ length: maxConnections }, () => opened.hold()));
  equal(await connectionsTo(engines), maxConnections);
  await Promise.all(free.map((release) => release()));
  equal((await opened.pool.rows("SELECT 1")).length, 1);
  equal(await connectionsTo(engines), maxConnections);
});

suite.test("MysqlPool serves many more callers than it has connections", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 3 });
  const callers = Array.from({ length: 500 }, async (_, i) => {
    const row = await opened.pool.row<{ n: number }>("SELECT ? AS n", [i]);
    return row!.n;
  });
  deepEqual(await Promise.all(callers), Array.from({ length: 500 }, (_, i) => i));
  equal(await connectionsTo(engines), 3);
  ok(opened.clock.pendingTimers <= 2, "Callers have no timer each");
});

suite.test("MysqlPool lets nobody wait longer than the limit, and goes on afterwards", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 1 });
  const release = await opened.hold();
  const late = opened.pool.rows("SELECT 1");
  opened.clock.advance(ACQUIRE_LIMIT_MS - 1);
  const inTime = opened.pool.row("SELECT 2 AS n");
  opened.clock.advance(1);
  await rejects(late, (error: Error) => {
    ok(error instanceof StorageError);
    return /No connection of MySQL pool teamtalk_master/.test(error.message);
  });
  await release();
  deepEqual({ ...await inTime }, { n: 2 });
  equal(await connectionsTo(engines), 1);
  await opened.pool.close();
  equal(opened.clock.pendingTimers, 0);
});

suite.test("MysqlPool refuses more waiting callers than it has room for", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 1 });
  const release = await opened.hold();
  const waiting = Array.from({ length: MAX_WAITERS }, () => opened.pool.rows("SELECT 1"));
  const settled = Promise.allSettled(waiting);
  await rejects(opened.pool.rows("SELECT 1"), StorageError);
  opened.clock.advance(ACQUIRE_LIMIT_MS);
  equal((await settled).filter(({ status }) => status === "rejected").length, MAX_WAITERS);
  await release();
  equal((await opened.pool.rows("SELECT 1")).length, 1);
});

suite.test("MysqlPool replaces a connection that was killed while nobody used it", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 1 });
  const killed = await opened.connectionId();
  await engines.sql(`KILL ${killed}`);
  const next = await opened.connectionId().catch((error) => {
    // Used before its end was heard of: fails once.
    ok(error instanceof BatchError);
    return opened.connectionId();
  });
  ok(next !== killed);
  equal(await connectionsTo(engines), 1);
});

suite.test("MysqlPool: a statement whose connection is killed fails, and nothing of it is left", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 1 });
  const id = await opened.connectionId();
  const inserted = Promise.withResolvers<void>();
  const use = opened.pool.transaction(async (tx) => {
    await tx.run("INSERT INTO IMAdmin (uname, pwd) VALUES ('ann', 'x')");
    inserted.resolve();
    await tx.rows("SELECT sleep(5)");
  });
  await inserted.promise;
  await Promise.all([rejects(use, BatchError), engines.sql(`KILL ${id}`)]);
  deepEqual(await opened.pool.rows("SELECT * FROM IMAdmin"), []);
  ok(await opened.connectionId() !== id);
});

suite.test("MysqlPool gives up a statement that is not answered in time, with its connection", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 1 });
  const id = await opened.connectionId();
  const asleep = opened.pool.run("INSERT INTO IMAdmin (uname, pwd) SELECT sleep(60), 'x'");
  await engines.untilRunning("sleep(60)");
  opened.clock.advance(STATEMENT_LIMIT_MS);
  await rejects(asleep, BatchError);
  ok(await opened.connectionId() !== id);
  await opened.pool.close();
  equal(opened.clock.pendingTimers, 0);
});

suite.test("MysqlPool.transaction() commits what resolves and rolls back what rejects", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 1 });
  const insert = "INSERT INTO IMAdmin (id, uname, pwd) VALUES (?, ?, 'x')";
  const { insertId } = await opened.pool.transaction((tx) => tx.run(insert, [7, "ann"]));
  equal(insertId, 7);
  const failure = new StorageError("changed my mind");
  const failed = opened.pool.transaction(async (tx) => {
    await tx.run(insert, [8, "bob"]);
    throw failure;
  });
  await rejects(failed, failure);
  await rejects(opened.pool.run(insert, [7, "again"]), isDuplicate);
  await rejects(
    opened.pool.script("START TRANSACTION; DELETE FROM IMAdmin; SELECT nothing; COMMIT"),
    StorageError,
  );
  deepEqual(await engines.sql("SELECT uname FROM IMAdmin"), [{ uname: "ann" }]);
  await opened.pool.script("START TRANSACTION; DELETE FROM IMAdmin; COMMIT");
  deepEqual(await engines.sql("SELECT uname FROM IMAdmin"), []);
});

suite.test("MysqlPool: every connection is strict, has utf8mb4, and waits five seconds for a lock", async (engines) => {
  await using opened = await OpenPool.open(engines, { maxConnections: 3 });
  const free = await Promise.all([opened.hold(), opened.hold()]);
  // The third connection is not one of those that were opened at the start.
  const settings = await opened.pool.row<Record<string, string | number>>(`
    SELECT @@sql_mode AS mode, @@innodb_lock_wait_timeout AS wait, @@tx_isolation AS isolation,
      @@character_set_client AS charset, @@collation_connection AS collation`);
  await Promise.all(free.map((release) => release()));
  deepEqual({ ...settings }, {
    mode: "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION",
    wait: 5,
    isolation: "REPEATABLE-READ",
    charset: "utf8mb4",
    collation: "utf8mb4_bin",
  });
});

suite.test("MysqlPool: values reach the server as they are", async (engines) => {
  await using opened = await OpenPool.open(engines);
  const text = "'; DROP TABLE IMUser; --\\'\"\0\x1a\r\n%_?😀\u{10ffff}";
  const row = await opened.pool.row<Record<string, unknown>>(
    "SELECT ? AS text, ? AS big, ? AS nothing, 'a' IN (?) AS listed, 5 IN (?) AS numbers",
    [text, 4_294_967_295, null, ["b", text, "a"], [1, 5]],
  );
  deepEqual({ ...row }, { text, big: 4_294_967_295, nothing: null, listed: 1, numbers: 1 });
});

suite.test("MysqlPool.run() counts the rows that an UPDATE finds, changed or not (P-DB2)", async (engines) => {
  await using opened = await OpenPool.open(engines);
  await opened.pool.run("INSERT INTO IMAdmin (id, uname, pwd) VALUES (1, 'ann', 'x')");
  for (const id of [1, 1, 2]) {
    const { affectedRows } = await opened.pool.run(
      "UPDATE IMAdmin SET uname = 'bob' WHERE id = ?",
      [id],
    );
    equal(affectedRows, id === 1 ? 1 : 0);
  }
});

suite.test("retryingDeadlocks() lets both of two transactions through that want each other's row", async (engines) => {
  await using opened = await OpenPool.open(engines);
  const { pool } = opened;
  await pool.run("INSERT INTO IMAdmin (id, uname, pwd) VALUES (1, '', 'x'), (2, '', 'x')");
  let deadlocks = 0;
  let began = 0;
  const bothBegan = Promise.withResolvers<void>();
  const append = (first: number, second: number) =>
    retryingDeadlocks(async () => {
      try {
        await pool.transaction(async (tx) => {
          const sql = "UPDATE IMAdmin SET uname = concat(uname, ?) WHERE id = ?";
          await tx.run(sql, [String(first), first]);
          if (++began === 2) bothBegan.resolve();
          await bothBegan.promise;
          await tx.run(sql, [String(first), second]);
        });
      } catch (error) {
        if (isDeadlock(error)) deadlocks++;
        throw error;
      }
    });
  await Promise.all([append(1, 2), append(2, 1)]);
  equal(deadlocks, 1);
  for (const { uname } of await pool.rows<{ uname: string }>("SELECT uname FROM IMAdmin")) {
    deepEqual([...uname].sort(), ["1", "2"]);
  }
});

suite.test("MysqlPool.close() finishes what was begun, refuses the rest, and leaves nothing", async (engines) => {
  const opened = await OpenPool.open(engines, { maxConnections: 2 });
  const { pool, clock } = opened;
  const insert = "INSERT INTO IMAdmin (uname, pwd) VALUES (?, 'x')";
  const [first, second] = await Promise.all([opened.hold(), opened.hold()]);
  const waiting = pool.run(insert, ["waited"]);
  const closing = Promise.all([pool.close(), pool.close()]);
  await rejects(pool.run(insert, ["late"]), /is closed/);
  await Promise.all([first(), second(), waiting, closing]);
  deepEqual(await engines.sql("SELECT uname FROM IMAdmin"), [{ uname: "waited" }]);
  equal(clock.pendingTimers, 0);
  while (await connectionsTo(engines) > 0);
});

suite.test("MysqlPool.open() says which pool cannot be used and why, without the password", async (engines) => {
  const deps = { clock: systemClock, log: silentLogger };
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  const wrong: readonly (readonly [Partial<MysqlPoolConfig>, RegExp])[] = [
    [{ port }, /ECONNREFUSED/],
    [{ database: "tt_test_no_such" }, /Unknown database/],
    [{ user: "nobody_known", password: "s3cret" }, /denied/],
  ];
  for (const [changes, reason] of wrong) {
    await rejects(MysqlPool.open({ ...engines.mysqlPool(), ...changes }, deps), (error: Error) => {
      ok(error instanceof StorageError);
      match(error.message, /teamtalk_master \(/);
      match(error.message, reason);
      ok(!error.message.includes("s3cret"));
      return true;
    });
  }
});
