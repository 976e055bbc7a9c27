/**
 * The recovery that is promised, measured under load: what is killed comes back in time, and a rolling
 * restart of every role costs each client one reconnect at most.
 */
import { SPARE_MSG_SERVERS } from "./cluster/cluster.ts";
import type { Cluster } from "./cluster/cluster.ts";
import type { Crowd } from "./crowd/crowd.ts";
import { pause } from "./faults.ts";
import type { Injected } from "./faults.ts";
import type { Fault, FaultKind } from "./plan/fault.ts";
import { DB_PROXIES, MSG_SERVERS } from "./plan/topology.ts";
import { allRegistered, type Script, type Stage } from "./script.ts";
import { settle } from "./settle.ts";

/** Clients of a killed msg_server are back elsewhere. */
const CLIENTS_BACK_MS = 5000;
/** A server that was started again is in service. */
const IN_SERVICE_MS = 2000;
/** How finely times are measured: a round that does not work is tried again after so long. */
const ROUND_MS = 250;
/** Between two steps, so that everybody has something to say. */
const STEP_MS = 1000;
/** After a kill: noticed, and not back by chance. */
const DOWN_MS = 500;

export const recovery: Script = async (stage) => {
  const { cluster, crowd } = stage;
  const record = new Record(stage);
  const kills: readonly (readonly string[])[] = [
    DB_PROXIES,
    ["route0"],
    ["login0"],
    ["mariadb"],
    ["redis"],
  ];
  for (const names of kills.filter(([first]) => cluster.processes.has(first!))) {
    await killTogether(record, names);
    await pause(STEP_MS);
  }
  await killMsgServer(record, MSG_SERVERS[0]!);
  await pause(STEP_MS);
  await rollingRestart(record);
  await settle(crowd);
  return record;
};

class Record {
  readonly stage: Stage;
  readonly injected: Injected[] = [];
  readonly measures: { what: string; value: number; limit: number; unit: "ms" | "reconnects" }[] =
    [];

  constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Writes down that something was done to the target, from then until now. */
  done(kind: FaultKind, target: string, fromMs: number): void {
    const toMs = performance.now();
    const fault: Fault = {
      kind,
      target,
      atMs: Math.round(fromMs - this.stage.zeroMs),
      forMs: Math.round(toMs - fromMs),
      amount: 0,
    };
    this.injected.push({ fault, fromMs, toMs });
  }
}

/** All servers of a role at once; measures from when the last of them was ready again. */
async function killTogether(record: Record, names: readonly string[]): Promise<void> {
  const { cluster, crowd } = record.stage;
  const fromMs = performance.now();
  await Promise.all(names.map((name) => cluster.process(name).kill()));
  await pause(DOWN_MS);
  await Promise.all(names.map((name) => cluster.process(name).start()));
  const value = await inServiceAfter(crowd);
  for (const name of names) record.done("kill", name, fromMs);
  record.measures.push({
    what: `${names.join(" and ")} killed and started again: in service after`,
    value,
    // MariaDB and Redis are tried again every two seconds by db_proxy.
    limit: names[0] === "mariadb" || names[0] === "redis" ? CLIENTS_BACK_MS : IN_SERVICE_MS,
    unit: "ms",
  });
}

async function inServiceAfter(crowd: Crowd): Promise<number> {
  const { afterMs, obstacle } = await settle(crowd, { roundMs: ROUND_MS });
  if (afterMs === null) throw new Error(`Service did not come back: ${obstacle}`);
  return afterMs;
}

/** It stays away until all its clients are back elsewhere. */
async function killMsgServer(record: Record, name: string): Promise<void> {
  const { cluster, crowd } = record.stage;
  const fromMs = performance.now();
  await cluster.process(name).kill();
  await settle(crowd, { roundMs: ROUND_MS });
  record.measures.push({
    what: `${name} killed: the last of its clients was back elsewhere after`,
    value: longestAbsence(crowd, fromMs),
    limit: CLIENTS_BACK_MS,
    unit: "ms",
  });
  await cluster.process(name).start();
  await allRegistered(cluster, [...MSG_SERVERS]);
  record.done("kill", name, fromMs);
}

/** Of the terminals that lost their connection since then. */
function longestAbsence({ journal }: Crowd, sinceMs: number): number {
  const absences = journal.presences.filter(({ connection, fromMs }) =>
    connection > 1 && fromMs > sinceMs
  ).map(({ terminal, connection, fromMs }) => {
    const before = journal.presences.find((one) =>
      one.terminal === terminal && one.connection === connection - 1
    );
    return fromMs - (before?.toMs ?? fromMs);
  });
  return Math.max(0, ...absences);
}

/**
 * Each server is told to stop and started again, one after the other. New msg_servers are started
 * before the old ones stop: a client that moves then does not move to one that is about to stop.
 */
async function rollingRestart(record: Record): Promise<void> {
  const { cluster, crowd } = record.stage;
  const beganMs = performance.now();
  for (const name of [...DB_PROXIES, "route0", "login0"]) {
    const fromMs = performance.now();
    await restart(cluster, name);
    await settle(crowd, { roundMs: ROUND_MS });
    record.done("term", name, fromMs);
  }
  for (const name of SPARE_MSG_SERVERS) await cluster.process(name).start();
  await allRegistered(cluster, [...MSG_SERVERS, ...SPARE_MSG_SERVERS]);
  for (const name of MSG_SERVERS) {
    const fromMs = performance.now();
    await cluster.process(name).terminate();
    await settle(crowd, { roundMs: ROUND_MS });
    record.done("term", name, fromMs);
  }
  const reconnects = crowd.terminals.map(({ id }) =>
    crowd.journal.presences.filter((one) => one.terminal === id && one.fromMs > beganMs).length
  );
  record.measures.push({
    what: "rolling restart of every role: a client reconnects at most",
    value: Math.max(...reconnects),
    limit: 1,
    unit: "reconnects",
  });
}

async function restart(cluster: Cluster, name: string): Promise<void> {
  const process = cluster.process(name);
  if (!await process.terminate()) process.crashes.push("did not end when told to");
  await process.start();
}
