/**
 * `deno run --allow-all tests/bench/files/main.ts [--mib N]`: one large file goes through a
 * file_server in a process of its own, stored (uploaded, downloaded) and passed on (online), each
 * once straight and once with the connection cut off half-way and resumed. Prints time and memory;
 * exits with 1 when a byte differs.
 */
import { parseArgs } from "node:util";
import { FILE_TYPE_OFFLINE, FILE_TYPE_ONLINE, type TransferFileType } from "../../../proto/mod.ts";
import {
  BLOCK_BYTES,
  downloadFile,
  type FileTransferOptions,
  receiveFile,
  sendFile,
  uploadFile,
} from "../../../shared/client/mod.ts";
import { systemClock } from "../../../shared/clock.ts";
import { TcpNetwork } from "../../../shared/netlib/mod.ts";
import { requestTask } from "../../support/file_fixture.ts";
import { CuttableNetwork } from "../../support/cuttable_network.ts";
import { type FileProcess, startFileProcess } from "../../support/file_process.ts";
import { ScriptedLink } from "../../support/scripted_link.ts";
import { memoryMib } from "../measure/proc.ts";
import { DiskSink, DiskSource, makeFile, sha256Of } from "./test_file.ts";

const MIB = 1024 * 1024;
const SAMPLE_MS = 20;

interface Bench {
  readonly server: FileProcess;
  readonly size: number;
  readonly sourcePath: string;
  readonly sinkPath: string;
  readonly sha256: string;
}

function print(line: string): void {
  // deno-lint-ignore no-console -- the output of a command
  console.log(line);
}

/** Memory of the server while `work` runs, in MiB above what it was before. */
async function measured(
  label: string,
  { server, size }: Bench,
  work: () => Promise<void>,
): Promise<void> {
  const before = memoryMib(server.pid)?.now ?? NaN;
  let peak = before;
  const sampler = setInterval(() => {
    peak = Math.max(peak, memoryMib(server.pid)?.now ?? NaN);
  }, SAMPLE_MS);
  const startMs = performance.now();
  await work();
  const seconds = (performance.now() - startMs) / 1000;
  clearInterval(sampler);
  print(
    `${label.padEnd(34)} ${seconds.toFixed(1).padStart(6)} s ` +
      `${(size / MIB / seconds).toFixed(0).padStart(5)} MiB/s   memory ${before.toFixed(0)} MiB, ` +
      `at most ${(peak - before).toFixed(0)} MiB more`,
  );
}

async function newTask({ server, size }: Bench, mode: TransferFileType): Promise<string> {
  await using msgServer = await ScriptedLink.connect(server.msgServers);
  const { task_id } = await requestTask(msgServer, { mode, size });
  return task_id!;
}

function optionsOf(bench: Bench, taskId: string, userId: number): FileTransferOptions {
  return {
    network: new TcpNetwork(systemClock),
    clock: systemClock,
    address: bench.server.clients,
    taskId,
    userId,
  };
}

/** Runs `work` until half of the file has passed, then cuts its connection; returns how far it was. */
async function cutHalfWay(
  { size }: Bench,
  options: FileTransferOptions,
  work: (options: FileTransferOptions) => Promise<void>,
): Promise<number> {
  const network = new CuttableNetwork(options.network);
  let reached = 0;
  const onProgress = (bytes: number): void => {
    reached = bytes;
    if (bytes >= size / 2) network.cut();
  };
  await work({ ...options, network, onProgress }).then(
    () => {
      throw new Error("the connection was not cut");
    },
    () => {/* cut, as it was meant to be */},
  );
  return reached;
}

async function check({ sinkPath, sha256 }: Bench): Promise<void> {
  const actual = await sha256Of(sinkPath);
  if (actual !== sha256) throw new Error(`what came out differs: ${actual} for ${sha256}`);
  await Deno.remove(sinkPath);
}

async function offline(bench: Bench, { cut }: { readonly cut: boolean }): Promise<void> {
  const how = cut ? ", cut and resumed" : "";
  const taskId = await newTask(bench, FILE_TYPE_OFFLINE);
  await measured(`offline upload${how}`, bench, async () => {
    using source = new DiskSource(bench.sourcePath);
    const options = optionsOf(bench, taskId, 1);
    if (cut) await cutHalfWay(bench, options, (each) => uploadFile(each, source));
    await uploadFile(options, source);
  });
  await measured(`offline download${how}`, bench, async () => {
    using sink = new DiskSink(bench.sinkPath);
    const options = { ...optionsOf(bench, taskId, 2), size: bench.size };
    const reached = cut
      ? await cutHalfWay(bench, options, (each) => downloadFile({ ...options, ...each }, sink))
      : 0;
    const offset = Math.floor(reached / BLOCK_BYTES) * BLOCK_BYTES;
    await downloadFile({ ...options, offset }, sink);
  });
  await check(bench);
}

async function online(bench: Bench, { cut }: { readonly cut: boolean }): Promise<void> {
  const taskId = await newTask(bench, FILE_TYPE_ONLINE);
  await measured(`online${cut ? ", sender cut and resumed" : ""}`, bench, async () => {
    using source = new DiskSource(bench.sourcePath);
    using sink = new DiskSink(bench.sinkPath);
    const from = optionsOf(bench, taskId, 1);
    let reached = 0;
    const to = {
      ...optionsOf(bench, taskId, 2),
      size: bench.size,
      onProgress: (bytes: number) => {
        reached = bytes;
      },
    };
    if (cut) {
      // The receiver is closed with the sender, and begins again where it was.
      const receiving = receiveFile(to, sink).catch(() => {/* cut */});
      await cutHalfWay(bench, from, (each) => sendFile(each, source));
      await receiving;
    }
    const offset = Math.floor(reached / BLOCK_BYTES) * BLOCK_BYTES;
    await Promise.all([sendFile(from, source), receiveFile({ ...to, offset }, sink)]);
  });
  await check(bench);
}

const { values } = parseArgs({ options: { mib: { type: "string", default: "2048" } } });
const dir = await Deno.makeTempDir({ prefix: "teamtalk_bench_files_" });
try {
  const size = Number(values.mib) * MIB;
  const sourcePath = `${dir}/source`;
  print(`Deno ${Deno.version.deno}, a file of ${size} bytes`);
  const sha256 = await makeFile(sourcePath, size);
  await using server = await startFileProcess(dir);
  const bench = { server, size, sourcePath, sinkPath: `${dir}/sink`, sha256 };
  for (const cut of [false, true]) {
    await offline(bench, { cut });
    await online(bench, { cut });
  }
  print(
    `SHA-256 equal each time; the server's peak was ${memoryMib(server.pid)?.peak.toFixed(0)} MiB`,
  );
} finally {
  await Deno.remove(dir, { recursive: true });
}
