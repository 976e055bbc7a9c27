/** Runs a scenario: a place for all of it, a suite and its clients for every run of every case. */
import { CLIENT_TYPE_ANDROID } from "../../proto/mod.ts";
import { benchNetwork } from "./generator/bench_client.ts";
import type { Figures } from "./measure/figures.ts";
import type { Report } from "./measure/report.ts";
import type { BenchOptions } from "./options.ts";
import { openPlace, type Place } from "./place/place.ts";
import { preload } from "./place/preload.ts";
import type { Case, Plan, Scenario } from "./scenario.ts";
import { Stage } from "./stage.ts";
import { attachSuite, type RunningSuite } from "./suite/running_suite.ts";
import { startSuite } from "./suite/start_suite.ts";

export async function runScenario(scenario: Scenario, options: BenchOptions): Promise<Report> {
  const { serverHttp, engine, layout, seconds, password } = options;
  const plan = scenario.plan(options.sizes);
  const report = { scenario, plan, seconds };
  if (serverHttp !== null) {
    const suite = () => Promise.resolve(attachSuite(serverHttp));
    const cases = await runCases(plan, options, { place: null, suite });
    return { ...report, setting: { server: serverHttp }, cases };
  }
  const crowd = plan.crowd ?? 0;
  const users = Math.max(plan.users + crowd, options.users);
  const messages = Math.max(plan.messages ?? 0, options.messages);
  await using place = await openPlace({ engine, dataDir: options.dataDir });
  await preload(place, { users, password, messages });
  const suite = (): Promise<RunningSuite> =>
    scenario.starts === "itself"
      ? Promise.resolve(attachSuite("http://localhost"))
      : startSuite(place, { layout, password });
  const cases = await runCases(plan, options, { place, suite });
  return { ...report, setting: { engine, layout, users, messages, connections: crowd }, cases };
}

interface Running {
  readonly place: Place | null;
  readonly suite: () => Promise<RunningSuite>;
}

/** All cases once, then all again, so that a disturbance of the machine does not hit one alone. */
async function runCases(
  plan: Plan,
  options: BenchOptions,
  { place, suite }: Running,
): Promise<Report["cases"]> {
  const cases = plan.cases.map((one) => ({ one, runs: [] as Figures[] }));
  for (let run = 0; run < options.runs; run++) {
    for (const { one, runs } of cases) {
      await using running = await suite();
      runs.push(await runCase(one, plan, { ...options, ...running, place }));
    }
  }
  return cases.map(({ one: { label }, runs }) => ({ label, runs }));
}

async function runCase(
  one: Case,
  { users, crowd = 0 }: Plan,
  options: Pick<BenchOptions, "password" | "seconds"> & RunningSuite & Pick<Running, "place">,
): Promise<Figures> {
  const { lookup, processes, password, seconds, place } = options;
  await using stage = new Stage({
    network: benchNetwork(),
    lookup,
    processes,
    password,
    seconds,
    place,
  });
  await stage.logIn({ first: users + 1, last: users + crowd, clientType: CLIENT_TYPE_ANDROID });
  return await one.run(stage);
}
