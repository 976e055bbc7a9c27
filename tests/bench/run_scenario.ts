/** Runs a scenario: a place for all of it, a suite and its clients for every run of every case. */
import { openStorageBriefly } from "../../servers/db_proxy/storage.ts";
import { systemClock } from "../../shared/clock.ts";
import { benchNetwork } from "./generator/bench_client.ts";
import type { Figures } from "./measure/figures.ts";
import type { Report } from "./measure/report.ts";
import type { BenchOptions } from "./options.ts";
import { openPlace, type Place } from "./place/place.ts";
import { preloadUsers } from "./place/preload_users.ts";
import { type Case, type Scenario, Stage } from "./stage.ts";
import { attachSuite, type RunningSuite } from "./suite/running_suite.ts";
import { startSuite } from "./suite/start_suite.ts";

/** All cases once, then all again, so that a disturbance of the machine does not hit one alone. */
export async function runScenario(scenario: Scenario, options: BenchOptions): Promise<Report> {
  const { serverHttp, seconds } = options;
  if (serverHttp !== null) {
    const cases = await runCases(scenario, options, () => Promise.resolve(attachSuite(serverHttp)));
    return { scenario, setting: { server: serverHttp }, seconds, cases };
  }
  const { engine, layout, dataDir, password } = options;
  await using place = await openPlace({ engine, dataDir });
  await preload(place, scenario, options);
  const cases = await runCases(scenario, options, () => startSuite(place, { layout, password }));
  return { scenario, setting: { engine, layout }, seconds, cases };
}

async function preload(
  place: Place,
  { users }: Scenario,
  { password }: BenchOptions,
): Promise<void> {
  const storage = await openStorageBriefly(place.storage, systemClock);
  await preloadUsers(storage, { users, password });
  await storage.close();
}

async function runCases(
  scenario: Scenario,
  options: BenchOptions,
  start: () => Promise<RunningSuite>,
): Promise<Report["cases"]> {
  const cases = scenario.cases.map((one) => ({ one, runs: [] as Figures[] }));
  for (let run = 0; run < options.runs; run++) {
    for (const { one, runs } of cases) {
      await using suite = await start();
      runs.push(await runCase(one, suite, options));
    }
  }
  return cases.map(({ one: { label }, runs }) => ({ label, runs }));
}

async function runCase(
  one: Case,
  { lookup, processes }: RunningSuite,
  { password, seconds }: BenchOptions,
): Promise<Figures> {
  await using stage = new Stage({
    network: benchNetwork(),
    lookup,
    processes,
    password,
    seconds,
  });
  return await one.run(stage);
}
