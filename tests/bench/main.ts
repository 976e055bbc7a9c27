/**
 * `deno task bench`: measures the all-in-one suite over TCP (docs/performance.md).
 *
 * Every run gets a suite of its own, freshly started and seeded, unless one is named. Exits with 1
 * when a message was lost, duplicated or reordered, a login failed or a connection was closed; with
 * 2 when the command line makes no sense.
 */
import { benchNetwork } from "./bench_client.ts";
import { type Figures, hasFaults } from "./figures.ts";
import { type BenchOptions, parseBenchOptions, UsageError } from "./options.ts";
import { type CaseRuns, jsonOf, machineFacts, tableOf } from "./report.ts";
import { SCENARIOS } from "./scenarios/mod.ts";
import { type Case, type Scenario, Stage } from "./stage.ts";
import { attachSuite, startSuite } from "./suite_process.ts";

function print(line: string): void {
  // deno-lint-ignore no-console -- the output of a command
  console.log(line);
}

async function runCase(one: Case, scenario: Scenario, options: BenchOptions): Promise<Figures> {
  const { seconds, serverHttp, password } = options;
  await using suite = serverHttp === null
    ? await startSuite({ users: scenario.users, password })
    : attachSuite(serverHttp);
  await using stage = new Stage({
    network: benchNetwork(),
    lookup: suite.lookup,
    serverPid: suite.pid,
    password,
    seconds,
  });
  return await one.run(stage);
}

/** All cases once, then all again, so that a disturbance of the machine does not hit one alone. */
async function runScenario(scenario: Scenario, options: BenchOptions): Promise<CaseRuns[]> {
  const cases = scenario.cases.map((one) => ({ one, runs: [] as Figures[] }));
  for (let run = 0; run < options.runs; run++) {
    for (const { one, runs } of cases) runs.push(await runCase(one, scenario, options));
  }
  return cases.map(({ one: { label }, runs }) => ({ label, runs }));
}

async function main(options: BenchOptions): Promise<boolean> {
  const { cores, cpu, os, deno } = machineFacts();
  print(`Deno ${deno}, ${os}, ${cores} cores, ${cpu ?? "CPU unknown"}\n`);
  let isClean = true;
  for (const scenario of options.scenarios) {
    const cases = await runScenario(scenario, options);
    const report = { scenario, seconds: options.seconds, cases };
    print(`${tableOf(report)}\n${jsonOf(report)}\n`);
    isClean &&= !cases.some(({ runs }) => runs.some(hasFaults));
  }
  return isClean;
}

try {
  const isClean = await main(parseBenchOptions(Deno.args, SCENARIOS));
  Deno.exit(isClean ? 0 : 1);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  // deno-lint-ignore no-console -- the output of a command
  console.error(`bench: ${error.message}`);
  Deno.exit(2);
}
