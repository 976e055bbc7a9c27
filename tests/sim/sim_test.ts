/** Some seeds of the simulation, and that it is one: the same seed gives the same run. */
import assert from "node:assert/strict";
import { SeedRunner } from "./seed_runner.ts";

/** Enough to see every fault several times. */
const SEEDS = 15;

Deno.test("under faults nothing acknowledged is lost, doubled or out of order", async () => {
  using runner = await SeedRunner.create();
  const told: string[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violations, acked, faults } = await runner.run(seed);
    assert.deepEqual(violations, [], `deno task sim --seed ${seed} --trace`);
    assert.ok(acked > 0, `seed ${seed} had no message`);
    told.push(...faults);
  }
  for (const fault of ["kill", "stall", "stop", "split", "crashed", "disk full", "clock", "cut"]) {
    assert.ok(told.some((what) => what.includes(fault)), `no ${fault} in ${SEEDS} seeds`);
  }
});

Deno.test("a seed repeats exactly", async () => {
  using runner = await SeedRunner.create();
  const first = await runner.run(7);
  assert.deepEqual(await runner.run(7), first);
  assert.notEqual((await runner.run(8)).digest, first.digest);
});
