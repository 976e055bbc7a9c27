/** A Redis process of its own for tests, on a free port of 127.0.0.1, that keeps nothing on disk. */
import { Redis } from "ioredis";
import type { RedisPoolConfig } from "../pool.ts";

const HOST = "127.0.0.1";
const START_LIMIT_MS = 10_000;
/** Another process may take a port that was free; then the next one is tried. */
const MAX_TRIES = 20;

export class TestRedis implements AsyncDisposable {
  readonly port: number;
  #process: Deno.ChildProcess;
  #isAlive = true;

  private constructor(port: number, process: Deno.ChildProcess) {
    this.port = port;
    this.#process = process;
  }

  /** @param options of redis-server, as on its command line */
  static async start(...options: string[]): Promise<TestRedis> {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const port = freePort();
      const process = spawn(port, options);
      if (await answers(port, process)) return new TestRedis(port, process);
    }
    throw new Error("Cannot start redis-server: no free port was free long enough");
  }

  pool(name: string, db: number): RedisPoolConfig {
    return { name, host: HOST, port: this.port, db };
  }

  /** A connection past the code under test. */
  async with<T>(db: number, work: (redis: Redis) => Promise<T>): Promise<T> {
    const redis = new Redis({ host: HOST, port: this.port, db });
    try {
      return await work(redis);
    } finally {
      await redis.quit();
    }
  }

  /** Redis dies, with everything that was in it. */
  async kill(): Promise<void> {
    if (!this.#isAlive) return;
    this.#isAlive = false;
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }

  /** After {@link kill}: starts it again on the same port, empty. */
  async restart(...options: string[]): Promise<void> {
    this.#process = spawn(this.port, options);
    this.#isAlive = await answers(this.port, this.#process);
    if (this.#isAlive) return;
    throw new Error(`Cannot start redis-server again on port ${this.port}`);
  }

  /** It is there and answers nothing, until what is returned is disposed of. */
  pause(): Disposable {
    const process = this.#process;
    process.kill("SIGSTOP");
    return { [Symbol.dispose]: () => process.kill("SIGCONT") };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function spawn(port: number, options: readonly string[]): Deno.ChildProcess {
  const quiet = ["--save", "", "--appendonly", "no"];
  return new Deno.Command("redis-server", {
    args: ["--bind", HOST, "--port", String(port), ...quiet, ...options],
    stdout: "null",
    stderr: "null",
  }).spawn();
}

/** Nobody listens there at this moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: HOST, port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** Waits until this process answers, or `false` when it ended before. */
async function answers(port: number, process: Deno.ChildProcess): Promise<boolean> {
  let ended = false;
  process.status.then(() => ended = true);
  const deadline = Date.now() + START_LIMIT_MS;
  while (!ended && Date.now() < deadline) {
    const redis = new Redis({ host: HOST, port, lazyConnect: true, retryStrategy: () => null });
    redis.on("error", () => {});
    try {
      await redis.connect();
      // Whoever got the port instead of us is another process with another id.
      const info = await redis.info("server");
      await redis.quit();
      if (info.includes(`process_id:${process.pid}\r`)) return true;
    } catch {
      // Not yet.
    }
  }
  if (!ended) process.kill("SIGKILL");
  await process.status;
  return false;
}
