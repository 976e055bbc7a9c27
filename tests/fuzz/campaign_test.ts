import assert from "node:assert/strict";
import { MAX_GROWTH_BYTES, replay, runCampaign } from "./campaign.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { type Input, pureTarget, type Target } from "./target.ts";

const OPTIONS = { inputs: 5000, seconds: 60, seed: 7 } as const;

/** Does not like the byte 13 at the beginning. */
const superstitious: Target = pureTarget("superstitious", {
  open: () => ({ next: (random) => [random.bytes(2)] }),
  feed([bytes]: Input): void {
    assert.notEqual(bytes![0], 13);
  },
});

/** Notices only when asked that there was a 13. */
function forgetful(): Target {
  return {
    name: "forgetful",
    checkEvery: 100,
    keepsState: true,
    open() {
      let isHurt = false;
      return Promise.resolve({
        next: (random) => [random.bytes(1)],
        feed: ([bytes]) => void (isHurt ||= bytes![0] === 13),
        check: () => isHurt ? Promise.reject(new Error("hurt")) : Promise.resolve(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      });
    },
  };
}

Deno.test("runCampaign() finds the input that fails, always the same one of a seed", async () => {
  const { failure, inputs } = await runCampaign(superstitious, OPTIONS);
  assert.equal(failure?.inputs.length, 1);
  assert.equal(failure.inputs[0]![0]![0], 13);
  assert.deepEqual((await runCampaign(superstitious, OPTIONS)).failure?.inputs, failure.inputs);
  assert.equal((await runCampaign(superstitious, OPTIONS)).inputs, inputs);
});

Deno.test("a failure is written to a file that fails again when it is replayed", async () => {
  const path = await Deno.makeTempFile();
  try {
    for (const target of [superstitious, forgetful()]) {
      const { failure } = await runCampaign(target, OPTIONS);
      writeFailure(path, failure!);
      const { inputs, error } = readFailure(path);
      assert.match(error, /hurt|13/);
      await assert.rejects(replay(target, inputs));
      await replay(target, inputs.filter(([part]) => part![0] !== 13));
    }
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("runCampaign() finds what grows", async () => {
  const kept: Uint8Array[] = [];
  const used = (): number => Deno.memoryUsage().heapUsed;
  const growing = pureTarget("growing", {
    open: () => ({ next: () => [] }),
    feed: () => void kept.push(new Uint8Array(0)),
  });
  const before = used();
  const inputs = Math.ceil(MAX_GROWTH_BYTES / 40);
  const small: Target = { ...growing, checkEvery: 1000 };
  const result = await runCampaign(small, { ...OPTIONS, inputs, collect: () => {} });
  assert.match(result.failure?.error ?? "", /the heap grew by/, `${used() - before} bytes`);
});
