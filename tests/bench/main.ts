/**
 * `deno task bench`: measures the suite over TCP (docs/performance.md).
 *
 * Every run gets a suite of its own, freshly started, unless one is named. Exits with 1 when a
 * message was lost, duplicated or reordered, a login failed, a connection was closed or memory grew;
 * with 2 when the command line makes no sense.
 */
import { hasFaults } from "./measure/figures.ts";
import { jsonOf, machineFacts, tableOf } from "./measure/report.ts";
import { type BenchOptions, parseBenchOptions, UsageError } from "./options.ts";
import { runScenario } from "./run_scenario.ts";
import { LONG_SCENARIOS, SCENARIOS } from "./scenarios/mod.ts";

function print(line: string): void {
  // deno-lint-ignore no-console -- the output of a command
  console.log(line);
}

async function main(options: BenchOptions): Promise<boolean> {
  const { cores, cpu, memoryGib, os, deno } = machineFacts();
  print(`Deno ${deno}, ${os}, ${cores} cores, ${cpu ?? "CPU unknown"}, ${memoryGib} GiB\n`);
  let isClean = true;
  for (const scenario of options.scenarios) {
    const report = await runScenario(scenario, options);
    print(`${tableOf(report)}\n${jsonOf(report)}\n`);
    isClean &&= !report.cases.some(({ runs }) => runs.some(hasFaults));
  }
  return isClean;
}

try {
  const isClean = await main(
    parseBenchOptions(Deno.args, { all: SCENARIOS, long: LONG_SCENARIOS }),
  );
  Deno.exit(isClean ? 0 : 1);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  // deno-lint-ignore no-console -- the output of a command
  console.error(`bench: ${error.message}`);
  Deno.exit(2);
}
