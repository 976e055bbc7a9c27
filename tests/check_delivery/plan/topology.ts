/** Which processes a cluster has and which links are between them, by name. */

export type Layout = "roles" | "suite";
export type EngineKind = "mysql" | "sqlite";

export interface Topology {
  readonly layout: Layout;
  readonly engine: EngineKind;
  readonly processes: readonly string[];
  /** `from-to`; from `client` for what clients connect to. */
  readonly links: readonly string[];
  /** Processes whose data can be put on a small disk. */
  readonly disks: readonly string[];
  /** Processes whose clock can be set: those that are ours. */
  readonly clocks: readonly string[];
  /** What can go down together: name and processes. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

export const MSG_SERVERS: readonly string[] = ["msg0", "msg1"];
export const DB_PROXIES: readonly string[] = ["db0", "db1"];

export function topologyOf(layout: Layout, engine: EngineKind): Topology {
  const ours = layout === "suite" ? ["suite"] : ["login0", "route0", ...DB_PROXIES, ...MSG_SERVERS];
  const engines = engine === "mysql" ? ["mariadb", "redis"] : [];
  const storing = layout === "suite" ? ["suite"] : DB_PROXIES;
  const links = [
    ...(layout === "suite" ? ["client-suite"] : MSG_SERVERS.flatMap((msg) => [
      `client-${msg}`,
      `${msg}-route0`,
      `${msg}-login0`,
      ...DB_PROXIES.map((db) => `${msg}-${db}`),
    ])),
    ...storing.flatMap((from) => engines.map((to) => `${from}-${to}`)),
  ];
  const processes = [...ours, ...engines];
  return {
    layout,
    engine,
    processes,
    groups: {
      ...(layout === "roles" && { dbs: DB_PROXIES, msgs: MSG_SERVERS, roles: ours }),
      ...(engines.length > 0 && { engines, everything: processes }),
    },
    links,
    disks: engine === "mysql" ? engines : ["sqlite"],
    clocks: ours,
  };
}

/** `msg1` → `msg`, `msg1-db0` → `msg-db`: what is the same but for its number. */
export function roleOf(target: string): string {
  return target.replaceAll(/\d+/g, "");
}
