/** The seed command from its command line to its last line of output. */
import type { Clock } from "../../../shared/clock.ts";
import { ConfigError, type ConfigSource } from "../../../shared/config/mod.ts";
import { type Random, randomPassword } from "../../../shared/random.ts";
import {
  type DbProxyConfig,
  describeStorage,
  loadDbProxyConfig,
  type StorageConfig,
} from "../../db_proxy/config.ts";
import { openStorageBriefly } from "../../db_proxy/storage.ts";
import { demoPlan } from "./demo_plan.ts";
import { type FixturePlan, fixturePlan } from "./fixture_plan.ts";
import { parseSeedOptions, type SeedOptions } from "./options.ts";
import { type Counts, seed, type SeedReport } from "./seed.ts";

export interface SeedContext {
  readonly source: ConfigSource;
  readonly clock: Clock;
  readonly random: Random;
  /** Takes one line of output. */
  readonly print: (line: string) => void;
}

const RANDOM_PASSWORD_CHARS = 12;
const PROGRESS_PERIOD_MS = 1000;
/** Notes printed; a note per group could be many. */
const MAX_NOTES = 10;

/** @throws {ConfigError | StorageError} with a text for whoever typed the command */
export async function runSeed({ source, clock, random, print }: SeedContext): Promise<void> {
  const startMs = clock.nowMs();
  const options = parseSeedOptions(source.args);
  const { plan, notes, madePassword } = choosePlan({ source, options, random });
  const { storage: config, passwords: { scryptN } } = dbProxyConfig(source, options);
  const storage = await openStorageBriefly(config, clock);
  try {
    const onProgress = progress(clock, print);
    const report = await seed(storage, plan, { clock, random, scryptN, onProgress });
    const elapsedSec = (clock.nowMs() - startMs) / 1000;
    for (const line of summary(report, { notes, madePassword, config, elapsedSec })) print(line);
  } finally {
    await storage.close();
  }
}

interface PlanSources {
  readonly source: ConfigSource;
  readonly options: SeedOptions;
  readonly random: Random;
}

interface ChosenPlan extends FixturePlan {
  /** The password of new users, when it was made here. */
  readonly madePassword: string | null;
}

function choosePlan({ source, options: { what }, random }: PlanSources): ChosenPlan {
  if (what.kind === "fixture") {
    return { ...fixturePlan(readFixture(source, what.file), what.file), madePassword: null };
  }
  const madePassword = what.password === null
    ? randomPassword(random, RANDOM_PASSWORD_CHARS)
    : null;
  const password = what.password ?? madePassword!;
  return { plan: demoPlan({ ...what, password }, random), notes: [], madePassword };
}

function readFixture(source: ConfigSource, file: string): string {
  const shown = JSON.stringify(file);
  let text: string | null;
  try {
    text = source.readFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`Cannot read --fixture ${shown}: ${reason}`], { cause });
  }
  if (text === null) throw new ConfigError([`--fixture ${shown}: there is no such file`]);
  return text;
}

/** The same storage that db_proxy opens. */
function dbProxyConfig(source: ConfigSource, { dataDir }: SeedOptions): DbProxyConfig {
  const env = dataDir === null ? {} : { TEAMTALK_DBPROXYSERVER_DATADIR: dataDir };
  return loadDbProxyConfig({ ...source, env: { ...source.env, ...env } });
}

function progress(clock: Clock, print: (line: string) => void) {
  let printedMs = clock.nowMs();
  return (part: string, done: number, all: number): void => {
    if (done === all || clock.nowMs() - printedMs < PROGRESS_PERIOD_MS) return;
    printedMs = clock.nowMs();
    print(`  ${done} of ${all} ${part}`);
  };
}

interface SummaryFacts {
  readonly notes: readonly string[];
  readonly madePassword: string | null;
  readonly config: StorageConfig;
  readonly elapsedSec: number;
}

function summary(
  report: SeedReport,
  { notes, madePassword, config, elapsedSec }: SummaryFacts,
): string[] {
  const { users, groups, membersAdded, departments } = report;
  const allNotes = [...notes, ...report.notes];
  const lines = allNotes.slice(0, MAX_NOTES).map((note) => `note: ${note}`);
  if (allNotes.length > MAX_NOTES) lines.push(`note: … and ${allNotes.length - MAX_NOTES} more`);
  if (users.present > 0) {
    lines.push(`note: ${users.present} users were there already and keep their password`);
  }
  if (madePassword !== null && users.added > 0) {
    lines.push(`password of the new users: ${madePassword} (shown this once: keep it)`);
  }
  const counts = [
    counted("users", users),
    counted("groups", groups),
    `memberships ${membersAdded}`,
    counted("departments", departments),
  ];
  lines.push(
    `added to ${describeStorage(config)}: ${counts.join(", ")}; ${elapsedSec.toFixed(2)} s`,
  );
  return lines;
}

function counted(what: string, { added, present }: Counts): string {
  return present === 0 ? `${what} ${added}` : `${what} ${added} (${present} were there)`;
}
