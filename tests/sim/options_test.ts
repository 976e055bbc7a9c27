/** The command line of `deno task sim`. */
import assert from "node:assert/strict";
import { parseSimOptions, UsageError } from "./options.ts";

Deno.test("without options a thousand seeds run on all cores", () => {
  assert.deepEqual(parseSimOptions([], 4), {
    firstSeed: 1,
    seeds: 1000,
    workers: 4,
    trace: false,
  });
});

Deno.test("one seed can be traced", () => {
  assert.deepEqual(parseSimOptions(["--seed", "42", "--trace"], 4), {
    firstSeed: 42,
    seeds: 1,
    workers: 1,
    trace: true,
  });
});

Deno.test("what makes no sense is refused with what is allowed", () => {
  for (const args of [["--seeds", "0"], ["--from", "x"], ["--trace"], ["--sees"], ["7"]]) {
    assert.throws(
      () => parseSimOptions(args, 4),
      (error: Error) => error instanceof UsageError && error.message.includes("llowed: "),
    );
  }
});
