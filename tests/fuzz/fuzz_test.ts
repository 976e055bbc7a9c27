/** A short run of every target; `deno task fuzz` makes long ones (docs/fuzzing.md). */
import assert from "node:assert/strict";
import { replay, runCampaign } from "./campaign.ts";
import { readFailure } from "./failure.ts";
import { targetNamed, TARGETS } from "./targets.ts";

/** Inputs that take about a second. */
const INPUTS: Readonly<Record<string, number>> = {
  pdu: 5000,
  protobuf: 3000,
  config: 700,
  commands: 600,
  strangers: 900,
  neighbours: 800,
  http: 60,
};
const SECONDS = 60;
const SEED = 20_250_101;

for (const target of TARGETS) {
  Deno.test(`fuzz: nothing goes wrong at ${target.name}`, async () => {
    const inputs = INPUTS[target.name]!;
    const result = await runCampaign(target, { inputs, seconds: SECONDS, seed: SEED });
    assert.equal(result.failure?.error, undefined);
    assert.ok(result.inputs > 0);
  });
}

/** What failed once: a file each, named after what was wrong. */
for (const { name } of Deno.readDirSync(new URL("corpus", import.meta.url))) {
  Deno.test(`fuzz: ${name} does not fail again`, async () => {
    const { target, inputs } = readFailure(new URL(`corpus/${name}`, import.meta.url));
    await replay(targetNamed(target), inputs);
  });
}
