import assert from "node:assert/strict";
import { parseFuzzOptions, UsageError } from "./options.ts";

const KNOWN = ["pdu", "http"];

Deno.test("parseFuzzOptions() takes all targets unless some are named", () => {
  assert.deepEqual(parseFuzzOptions([], KNOWN), {
    targets: KNOWN,
    inputs: 1_000_000,
    seconds: 60,
    seed: 1,
    replay: null,
  });
  const args = ["http", "--inputs", "5", "--seconds=2", "--seed", "9"];
  const { targets, inputs, seconds, seed } = parseFuzzOptions(args, KNOWN);
  assert.deepEqual([targets, inputs, seconds, seed], [["http"], 5, 2, 9]);
  assert.equal(parseFuzzOptions(["--replay", "a.json"], KNOWN).replay, "a.json");
});

Deno.test("parseFuzzOptions() explains what it does not understand", () => {
  for (
    const [args, reason] of [
      [["nowhere"], /no target "nowhere"; there are pdu, http/],
      [["--inputs", "0"], /--inputs "0" is not allowed/],
      [["--seconds", "x"], /--seconds "x" is not allowed/],
      [["--fast"], /Allowed: \[pdu\|http\]…/],
    ] as const
  ) {
    assert.throws(() => parseFuzzOptions(args, KNOWN), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, reason);
      return true;
    });
  }
});
