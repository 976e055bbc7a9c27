/**
 * Tests that need a server of somebody else's. Where it is missing the test is skipped by name; under
 * `CI=true` a missing engine is a failure, so that CI never passes without having looked.
 */
import assert from "node:assert/strict";

export interface Engine {
  readonly name: string;
  /** Why it cannot be used here, or `null` when it can. */
  readonly missing: () => Promise<string | null>;
}

export const mariadb: Engine = { name: "MariaDB", missing: () => missingPort(3306) };
export const redis: Engine = { name: "Redis", missing: () => missingPort(6379) };
export const chromium: Engine = { name: "Chromium", missing: () => missingCommand("chromium") };

/** A test that runs only with `engine`. */
export function engineTest(engine: Engine, name: string, run: () => Promise<void>): void {
  Deno.test(`${name} (needs ${engine.name})`, async (t) => {
    const reason = await engine.missing();
    if (reason === null) return await run();
    assert.notEqual(Deno.env.get("CI"), "true", `${engine.name} is missing: ${reason}`);
    await t.step({ name: `skipped: ${reason}`, ignore: true, fn: () => {} });
  });
}

async function missingPort(port: number): Promise<string | null> {
  try {
    const conn = await Deno.connect({ hostname: "127.0.0.1", port });
    conn.close();
    return null;
  } catch (error) {
    return `nothing answers on 127.0.0.1:${port} (${(error as Error).message})`;
  }
}

async function missingCommand(command: string): Promise<string | null> {
  try {
    const { success } = await new Deno.Command(command, {
      args: ["--version"],
      stdout: "null",
      stderr: "null",
    }).output();
    return success ? null : `${command} does not run`;
  } catch (error) {
    return `${command} cannot be started (${(error as Error).message})`;
  }
}
