/** The machine has the engines that CI promises: each one says who it is. */
import assert from "node:assert/strict";
import { chromium, engineTest, mariadb, redis } from "../support/engines.ts";

engineTest(mariadb, "MariaDB greets with protocol version 10", async () => {
  const greeting = await exchange(3306, null);
  assert.equal(greeting[4], 10);
});

engineTest(redis, "Redis answers a ping", async () => {
  const answer = await exchange(6379, new TextEncoder().encode("PING\r\n"));
  assert.equal(new TextDecoder().decode(answer), "+PONG\r\n");
});

engineTest(chromium, "Chromium tells its version", async () => {
  const { stdout } = await new Deno.Command("chromium", { args: ["--version"] }).output();
  assert.match(new TextDecoder().decode(stdout), /Chromium \d+/);
});

async function exchange(
  port: number,
  request: Uint8Array<ArrayBuffer> | null,
): Promise<Uint8Array> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  if (request !== null) await conn.write(request);
  const answer = new Uint8Array(4096);
  return answer.subarray(0, await conn.read(answer) ?? 0);
}
