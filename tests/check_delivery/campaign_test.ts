/** A short campaign on each layout: the long ones are `deno task check-delivery`. */
import assert from "node:assert/strict";
import { mariadb, redis, redisServer } from "../../shared/test_support/engines.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { campaign } from "./campaign.ts";
import { parseOptions } from "./options.ts";
import { describeRun } from "./report.ts";

async function check(args: readonly string[]): Promise<void> {
  const { results, failures } = await campaign(parseOptions(args));
  assert.deepEqual(failures, []);
  for (const result of results) {
    assert.deepEqual(result.violations, [], describeRun(result));
    assert.ok(result.counts.acked > 20, "something was sent at all");
  }
}

Deno.test("delivery survives faults: role by role on MySQL and Redis", async (t) => {
  if (await isSkipped(t, [mariadb, redis, redisServer])) return;
  await check(["--runs", "2", "--seed", "41", "--seconds", "3", "--parallel", "2"]);
});

Deno.test("delivery survives faults: all in one on SQLite", async () => {
  await check(["--layout", "suite", "--runs", "2", "--seed", "41", "--seconds", "3"]);
});

Deno.test("options of the checker that make no sense are refused", () => {
  for (const args of [["--runs", "0"], ["--layout", "x"], ["--faults", "rain"], ["--bogus", "1"]]) {
    assert.throws(() => parseOptions(args));
  }
});
