/** Where a cluster keeps its data: a place that outlives the cluster, and goes when the test ends. */
import { DATABASE_FILE, type StorageConfig } from "../../servers/db_proxy/config.ts";
import { MIGRATIONS } from "../../shared/storage/mysql/migrations.ts";
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import type { Engine } from "../../shared/test_support/engines.ts";
import { testConfig } from "../../shared/storage/mysql/test_support/open_test_storage.ts";
import {
  TestEngines,
  type TestEnginesOptions,
} from "../../shared/storage/mysql/test_support/test_engines.ts";
import { startMsfs } from "./msfs_fixture.ts";

/** Of each pool, as in the original's files. */
const MAX_CONNECTIONS = 16;

export type StorageKind = StorageConfig["kind"];

/** Servers of others that a storage needs; tests without them are skipped. */
export function neededBy(kind: StorageKind): readonly Engine[] {
  return kind === "mysql" ? NEEDED_ENGINES : [];
}

export interface DataPlace extends AsyncDisposable {
  readonly storage: StorageConfig;
}

/** On MySQL and Redis, which the test may stop. */
export interface EnginesPlace extends DataPlace {
  readonly engines: TestEngines;
}

export function makeEnginesPlace(options: TestEnginesOptions): Promise<EnginesPlace> {
  return engines(options);
}

export function makeDataPlace(kind: StorageKind): Promise<DataPlace> {
  return kind === "sqlite" ? folder() : engines();
}

async function folder(): Promise<DataPlace> {
  const path = await Deno.makeTempDir({ prefix: "teamtalk_cluster_" });
  return {
    storage: { kind: "sqlite", path: `${path}/${DATABASE_FILE}` },
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/**
 * A database, a Redis and an msfs for sounds. The database has the tables of the migrations and none
 * of their keys: nothing that clients see may need those.
 */
async function engines(options?: TestEnginesOptions): Promise<EnginesPlace> {
  await using stack = new AsyncDisposableStack();
  const engines = stack.use(await TestEngines.start("original", options));
  for (const change of MIGRATIONS.flatMap(({ changes }) => changes)) {
    if (change.kind === "table") await engines.sql(change.statement);
  }
  const msfs = stack.use(await startMsfs());
  const { master, slave, ...rest } = testConfig(engines, msfs.url);
  const resources = stack.move();
  return {
    engines,
    storage: {
      ...rest,
      kind: "mysql",
      master: { ...master, maxConnections: MAX_CONNECTIONS },
      slave: { ...slave, maxConnections: MAX_CONNECTIONS },
      background: "run",
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
