/** The same scenario over every kind of link, on one msg_server and across two. */
import { type Cluster, type ClusterOptions, type LinkKind, startCluster } from "./cluster.ts";
import { demoData } from "./demo_data.ts";

export interface Cell {
  readonly links: LinkKind;
  /** Starts the cell's cluster; without a seed with `user1` to `user5` and the demo groups. */
  start(options?: Omit<ClusterOptions, "links" | "msgServers">): Promise<Cluster>;
  /** A msg_server for whoever is not at the first one: another one, if there is another. */
  readonly far: number;
}

export interface MatrixOptions {
  /** Default: in memory and TCP. */
  readonly links?: readonly LinkKind[];
  /** Default: one and two. */
  readonly msgServers?: readonly number[];
}

/** Only one msg_server: for what does not depend on how many there are. */
export const ONE: MatrixOptions = { msgServers: [1] };

export function matrix(
  name: string,
  { links = ["memory", "tcp"], msgServers = [1, 2] }: MatrixOptions,
  scenario: (cell: Cell) => Promise<void>,
): void {
  for (const kind of links) {
    for (const count of msgServers) {
      const cell: Cell = {
        links: kind,
        start: (options = {}) =>
          startCluster({ seed: demoData(5), ...options, links: kind, msgServers: count }),
        far: count - 1,
      };
      Deno.test(`${name} (${kind}, ${count} msg_server)`, () => scenario(cell));
    }
  }
}
