/**
 * The same scenario over every kind of link, on one msg_server and across two, on the embedded engine;
 * and once, over the widest of these, on MySQL and Redis.
 */
import { NEEDED_ENGINES } from "../../shared/storage/mysql/test_support/engine_suite.ts";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { type Cluster, type ClusterOptions, type LinkKind, startCluster } from "./cluster.ts";
import { type DataPlace, makeDataPlace, type StorageKind } from "./data_place.ts";
import { demoData } from "./demo_data.ts";

export interface Cell {
  readonly links: LinkKind;
  readonly storage: StorageKind;
  /** Starts the cell's cluster; without a seed with `user1` to `user5` and the demo groups. */
  start(options?: Omit<ClusterOptions, "links" | "msgServers" | "storage">): Promise<Cluster>;
  /** A place for data that outlives a cluster: give its storage as `data`. */
  data(): Promise<DataPlace>;
  /** A msg_server for whoever is not at the first one: another one, if there is another. */
  readonly far: number;
}

export interface MatrixOptions {
  /** Default: in memory and TCP. */
  readonly links?: readonly LinkKind[];
  /** Default: one and two. */
  readonly msgServers?: readonly number[];
  /** Default: both. Only one, for what has nothing to do with storage. */
  readonly storages?: readonly StorageKind[];
}

/** Only one msg_server: for what does not depend on how many there are. */
export const ONE: MatrixOptions = { msgServers: [1] };

type Scenario = (cell: Cell) => Promise<void>;

export function matrix(
  name: string,
  { links = ["memory", "tcp"], msgServers = [1, 2], storages = ["sqlite", "mysql"] }: MatrixOptions,
  scenario: Scenario,
): void {
  if (storages.includes("sqlite")) {
    for (const kind of links) {
      for (const count of msgServers) {
        const cell = cellOf({ links: kind, msgServers: count, storage: "sqlite" });
        Deno.test(`${name} (${kind}, ${count} msg_server)`, () => scenario(cell));
      }
    }
  }
  if (storages.includes("mysql")) {
    const widest = {
      links: links.includes("tcp") ? "tcp" : "memory",
      msgServers: Math.max(...msgServers),
    } as const;
    Deno.test(`${name} (mysql, ${widest.links}, ${widest.msgServers} msg_server)`, async (t) => {
      if (await isSkipped(t, NEEDED_ENGINES)) return;
      await scenario(cellOf({ ...widest, storage: "mysql" }));
    });
  }
}

interface CellOptions {
  readonly links: LinkKind;
  readonly msgServers: number;
  readonly storage: StorageKind;
}

function cellOf(fixed: CellOptions): Cell {
  return {
    links: fixed.links,
    storage: fixed.storage,
    start: (options = {}) => startCluster({ seed: demoData(5), ...options, ...fixed }),
    data: () => makeDataPlace(fixed.storage),
    far: fixed.msgServers - 1,
  };
}
