/** `deno task doctor` as a process of its own, beside real servers. */
import assert from "node:assert/strict";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { demoData } from "../support/demo_data.ts";
import { runTask, type TaskRun } from "../../servers/suite/seed/test_support/run_task.ts";

async function tempDir(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ prefix: "doctor_process_" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** The environment says where the free ports are that the cluster took. */
function doctor(cluster: Cluster, ...args: readonly string[]): Promise<TaskRun> {
  return runTask("doctor", ["--conf", "conf", ...args], {
    TEAMTALK_LOGINSERVER_HTTPPORT: String(cluster.lookupHttp.port),
    TEAMTALK_LOGINSERVER_CLIENTPORT: String(cluster.lookupTcp.port),
  });
}

/** Without remedies, and without services that may or may not listen on this machine. */
function findings({ stdout }: TaskRun): string[] {
  return stdout.trimEnd().split("\n").filter((line) => !/→|(msfs|discovery) http/.test(line));
}

Deno.test("deno task doctor finds a running suite well, but for a loopback address", async () => {
  await using dir = await tempDir();
  await using cluster = await startCluster({ dataDir: dir.path, seed: demoData(3) });
  const run = await doctor(cluster, "--data", dir.path);
  const http = `http://127.0.0.1:${cluster.lookupHttp.port}`;
  const tcp = `127.0.0.1:${cluster.lookupTcp.port}`;
  const chat = `127.0.0.1:${cluster.msgServers[0]!.port}`;
  const lines = findings(run).map((line) => line.replace(/\d+ ms$/, "N ms"));
  assert.deepEqual(lines.slice(0, -1), [
    `OK    Deno ${Deno.version.deno}`,
    "OK    the configuration is readable and complete",
    `OK    login_server ${http} (HTTP) tells clients ${chat}`,
    `OK    login_server ${tcp} (TCP) tells clients ${chat}`,
    `WARN  msg_server ${chat}: only clients on this machine can connect to a loopback address`,
    `OK    msg_server ${chat} answers, N ms`,
    `OK    data directory ${dir.path} is writable`,
    `OK    database ${dir.path}/teamtalk.db opens, users: 3`,
  ]);
  assert.match(lines.at(-1)!, /^no failures, \d warnings?\.$/);
  assert.match(run.stdout, /→ .*IpAddr1 in conf\/msgserver\.conf/);
  assert.deepEqual([run.code, run.stderr], [0, ""]);
});

Deno.test("deno task doctor ends with exit code 1 when no msg_server is registered", async () => {
  await using cluster = await startCluster();
  await cluster.stopMsgServer(0);
  const run = await doctor(cluster);
  assert.equal(run.code, 1);
  const failures = findings(run).filter((line) => line.startsWith("FAIL"));
  assert.deepEqual(failures.map((line) => line.split("): ")[1]), [
    "no msg_server is registered",
    "no msg_server is registered",
  ]);
});

Deno.test("deno task doctor ends with exit code 1 when nobody listens", async () => {
  await using cluster = await startCluster();
  await cluster.stopServer("login_server");
  const run = await doctor(cluster);
  assert.equal(run.code, 1);
  assert.match(run.stdout, /^FAIL {2}login_server http:.* \(HTTP\): .*[Cc]onnection refused/m);
  assert.match(run.stdout, /^FAIL {2}login_server [\d.:]+ \(TCP\): Cannot connect to /m);
  assert.match(run.stdout, /→ is it running \(deno task start\)\?/);
});

Deno.test("deno task doctor with bad arguments ends with one line and exit code 1", async () => {
  const run = await runTask("doctor", ["--server", "somewhere"]);
  assert.deepEqual([run.code, run.stdout], [1, ""]);
  assert.match(run.stderr, /^doctor: --server "somewhere" is not allowed; allowed: .*\n$/);
});
