/**
 * `deno task fuzz`: feeds the targets one after the other with what nobody should send
 * (docs/fuzzing.md). Exits with 1 when one failed, with 2 when the command line makes no sense.
 */
import { type CampaignResult, MAX_GROWTH_BYTES, replay, runCampaign } from "./campaign.ts";
import { readFailure, writeFailure } from "./failure.ts";
import { parseFuzzOptions, UsageError } from "./options.ts";
import { targetNamed, TARGETS } from "./targets.ts";

const KIB = 1024;

function print(line: string): void {
  // deno-lint-ignore no-console -- the output of a command
  console.log(line);
}

function describe({ target, inputs, seconds, growthBytes }: CampaignResult): string {
  const rate = Math.round(inputs / seconds);
  const growth = growthBytes === null
    ? "heap not measured"
    : `heap ${Math.round(growthBytes / KIB)} KiB more, at most ${MAX_GROWTH_BYTES / KIB} allowed`;
  return `${target}: ${inputs} inputs in ${seconds.toFixed(1)} s, ${rate} a second; ${growth}`;
}

async function run(args: readonly string[]): Promise<boolean> {
  const options = parseFuzzOptions(args, TARGETS.map(({ name }) => name));
  if (options.replay !== null) {
    const { target, inputs } = readFailure(options.replay);
    await replay(targetNamed(target), inputs);
    print(`${target}: ${inputs.length} inputs, nothing failed`);
    return true;
  }
  const { gc: collect } = globalThis as { gc?: () => void };
  let isGood = true;
  for (const name of options.targets) {
    const result = await runCampaign(targetNamed(name), { ...options, collect });
    print(describe(result));
    if (result.failure === null) continue;
    isGood = false;
    const path = `fuzz-${name}-${options.seed}.json`;
    writeFailure(path, result.failure);
    print(`${name} FAILED: ${result.failure.error}\nagain: deno task fuzz --replay ${path}`);
  }
  return isGood;
}

try {
  Deno.exitCode = await run(Deno.args) ? 0 : 1;
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  print(error.message);
  Deno.exitCode = 2;
}
