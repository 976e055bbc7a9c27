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
/** For tests that start a Redis of their own. */
export const redisServer: Engine = {
  name: "redis-server",
  missing: () => missingCommand("redis-server"),
};
export const chromium: Engine = { name: "Chromium", missing: () => missingCommand("chromium") };

/** A test that runs only with `engine`. */
export function engineTest(engine: Engine, name: string, run: () => Promise<void>): void {
  Deno.test(`${name} (needs ${engine.name})`, async (t) => {
    if (!await isSkipped(t, [engine])) await run();
  });
}

/**
 * Whether the test has to end here because one of the engines is missing, which it then says in a
 * skipped step. @throws {AssertionError} under `CI=true`
 */
export async function isSkipped(
  t: Deno.TestContext,
  engines: readonly Engine[],
): Promise<boolean> {
  const reason = await missingEngine(engines);
  if (reason === null) return false;
  assert.notEqual(Deno.env.get("CI"), "true", `An engine is missing: ${reason}`);
  await t.step({ name: `skipped: ${reason}`, ignore: true, fn: () => {} });
  return true;
}

/** Why the first missing one of the engines cannot be used here; `null` when all can. */
export async function missingEngine(engines: readonly Engine[]): Promise<string | null> {
  for (const { name, missing } of engines) {
    const reason = await missing();
    if (reason !== null) return `${name}: ${reason}`;
  }
  return null;
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
