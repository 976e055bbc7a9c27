/** Connections that die without a word, on a real server behind a wire that can go dead. */
import { ok, rejects, strictEqual as equal } from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { ManualClock } from "../../clock.ts";
import { silentLogger } from "../../log/mod.ts";
import { BatchError } from "../write_combiner.ts";
import { FRESH_MS, PING_LIMIT_MS } from "./connection_health.ts";
import { MysqlPool } from "./pool.ts";
import { STATEMENT_LIMIT_MS } from "./statements.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

/** How long to wait in vain, in real milliseconds. */
const GUARD_MS = 10_000;

const suite = new EngineSuite();

/** Passes bytes on, until it is told to be dead for the connections that there are. */
class Wire implements AsyncDisposable {
  readonly #server: Server;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  connections = 0;

  private constructor(to: { readonly host: string; readonly port: number }) {
    this.#server = createServer((socket) => {
      const pair = [socket, connect(to)] as const;
      this.connections++;
      this.#pairs.add(pair);
      for (const [from, into] of [pair, [pair[1], pair[0]] as const]) {
        from.on("data", (bytes) => into.write(bytes));
        from.on("error", () => {/* the other end has gone */});
        from.on("close", () => into.destroy());
      }
    });
  }

  static async open(to: { readonly host: string; readonly port: number }): Promise<Wire> {
    const wire = new Wire(to);
    await new Promise<void>((resolve) => wire.#server.listen(0, "127.0.0.1", resolve));
    return wire;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /** From now on nothing passes on what is open; new connections work. */
  goDead(): void {
    for (const socket of [...this.#pairs].flat()) socket.pause();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of [...this.#pairs].flat()) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

class Opened implements AsyncDisposable {
  constructor(readonly wire: Wire, readonly pool: MysqlPool, readonly clock: ManualClock) {}

  static async open(engines: TestEngines): Promise<Opened> {
    const clock = new ManualClock();
    const config = engines.mysqlPool();
    const wire = await Wire.open(config);
    const behind = { ...config, host: "127.0.0.1", port: wire.port };
    const pool = await MysqlPool.open(behind, { clock, log: silentLogger });
    return new Opened(wire, pool, clock);
  }

  /** Moves the clock by `ms` at most while `work` is under way. @throws when that is not enough */
  async within<T>(ms: number, work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = work.finally(() => isDone = true);
    for (let passed = 0; !isDone && passed < ms; passed++) {
      await new Promise((resolve) => setImmediate(resolve));
      this.clock.advance(1);
    }
    const { promise: tooLate, reject } = Promise.withResolvers<never>();
    const guard = setTimeout(() => reject(new Error(`${ms} ms are not enough`)), GUARD_MS);
    try {
      return await Promise.race([done, tooLate]);
    } finally {
      clearTimeout(guard);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wire[Symbol.asyncDispose](); // First: nobody may wait for an answer any more.
    await this.pool.close();
  }
}

suite.test("MysqlPool uses no connection that died while nobody used it", async (engines) => {
  await using on = await Opened.open(engines);
  equal(on.wire.connections, 2);
  on.clock.advance(FRESH_MS);
  on.wire.goDead();
  equal((await on.within(PING_LIMIT_MS + FRESH_MS, on.pool.rows("SELECT 1"))).length, 1);
  // The other one was idle as long: nobody waits for it.
  const together = await Promise.all([on.pool.rows("SELECT 1"), on.pool.rows("SELECT 2")]);
  equal(together.flat().length, 2);
  equal(on.wire.connections, 4);
});

suite.test("MysqlPool: after a statement without an answer no idle connection is used", async (engines) => {
  await using on = await Opened.open(engines);
  on.wire.goDead();
  await on.within(STATEMENT_LIMIT_MS + FRESH_MS, rejects(on.pool.rows("SELECT 1"), BatchError));
  equal((await on.within(0, on.pool.rows("SELECT 1"))).length, 1);
});

suite.test("MysqlPool asks a connection that works, and goes on using it", async (engines) => {
  await using on = await Opened.open(engines);
  for (let each = 0; each < 3; each++) {
    on.clock.advance(FRESH_MS);
    equal((await on.pool.rows("SELECT 1")).length, 1);
  }
  equal(on.wire.connections, 2);
  ok(on.clock.pendingTimers <= 3);
});
