/** Where the suite under test keeps its data: which engine, and what was put into it before. */
import type { StorageConfig } from "../../../servers/db_proxy/config.ts";
import type { WatchedProcess } from "../suite/running_suite.ts";
import { openMysqlPlace } from "./mysql_place.ts";
import { openSqlitePlace } from "./sqlite_place.ts";

export const ENGINES = ["sqlite", "mysql"] as const;

export type EngineName = typeof ENGINES[number];

export interface Place extends AsyncDisposable {
  readonly storage: StorageConfig;
  /** For whatever a suite keeps outside of its database. */
  readonly folder: string;
  /** Servers of others that work for this place. */
  readonly processes: readonly WatchedProcess[];
}

export interface PlaceOptions {
  readonly engine: EngineName;
  /** Folder of data that stays; `null`: made for this place and removed with it. */
  readonly dataDir: string | null;
}

export async function openPlace({ engine, dataDir }: PlaceOptions): Promise<Place> {
  await using stack = new AsyncDisposableStack();
  const folder = dataDir ?? await Deno.makeTempDir({ prefix: "teamtalk_bench_" });
  if (dataDir === null) stack.defer(() => Deno.remove(folder, { recursive: true }));
  else await Deno.mkdir(folder, { recursive: true });
  const open = engine === "sqlite" ? openSqlitePlace : openMysqlPlace;
  const place = stack.use(await open(folder, { stays: dataDir !== null }));
  const resources = stack.move();
  return { ...place, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
