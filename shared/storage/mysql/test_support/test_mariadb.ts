/** A MariaDB of its own for tests that stop the database, on a free port of 127.0.0.1. */
import { join } from "node:path";
import mysql from "mysql2/promise";
import { freePort } from "../../redis/test_support/test_redis.ts";

const HOST = "127.0.0.1";
/** Only a test that fails waits so long. */
const START_LIMIT_MS = 20_000;

export class TestMariadb implements AsyncDisposable {
  readonly port: number;
  readonly #folder: string;
  readonly #serverOptions: readonly string[];
  #process: Deno.ChildProcess | null = null;

  private constructor(folder: string, port: number, serverOptions: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.#serverOptions = serverOptions;
  }

  /** @param options of mariadbd, as on its command line */
  static async start(...options: string[]): Promise<TestMariadb> {
    const folder = await Deno.makeTempDir({ prefix: "teamtalk_mariadb_" });
    const mariadb = new TestMariadb(folder, freePort(), options);
    try {
      await mariadb.#install();
      await mariadb.restart();
      return mariadb;
    } catch (error) {
      await mariadb[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** It dies; what was committed is on disk. */
  async kill(): Promise<void> {
    const process = this.#process;
    if (process === null) return;
    this.#process = null;
    process.kill("SIGKILL");
    await process.status;
  }

  /** Starts it on its old port and data, and waits until it answers. */
  async restart(): Promise<void> {
    this.#process = new Deno.Command("mariadbd", {
      args: [
        ...this.#options(),
        `--port=${this.port}`,
        `--bind-address=${HOST}`,
        `--socket=${join(this.#folder, "socket")}`,
        ...this.#serverOptions,
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const deadline = Date.now() + START_LIMIT_MS;
    while (!await this.#answers()) {
      if (Date.now() > deadline) throw new Error(`MariaDB does not answer on port ${this.port}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #install(): Promise<void> {
    const { success, stderr } = await new Deno.Command("mariadb-install-db", {
      args: [...this.#options(), "--auth-root-authentication-method=normal", "--skip-test-db"],
      stdout: "null",
      stderr: "piped",
    }).output();
    if (!success) throw new Error(`Cannot make a database: ${new TextDecoder().decode(stderr)}`);
  }

  #options(): string[] {
    const data = `--datadir=${join(this.#folder, "data")}`;
    // MariaDB refuses to run as root unless that is said.
    return ["--no-defaults", data, ...(Deno.uid() === 0 ? ["--user=root"] : [])];
  }

  async #answers(): Promise<boolean> {
    try {
      const connection = await mysql.createConnection({
        host: HOST,
        port: this.port,
        user: "root",
      });
      await connection.end();
      return true;
    } catch {
      return false;
    }
  }
}
