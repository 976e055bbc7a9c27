/** The suite under test: a child process on free ports, with its data in a temporary folder. */
import { createServer } from "node:net";
import type { Address } from "../../shared/netlib/mod.ts";

const ROOT = `${import.meta.dirname}/../..`;
/** Every port of the suite, with and without a role behind it today. */
const PORTS = [8000, 8008, 8080, 8100, 8200, 8400, 8500, 8600, 8601, 8700, 8800, 10600];
/** Offsets that keep all of them below the ports that systems give to outgoing connections. */
const OFFSETS = { from: 1000, to: 22_000 };
const START_TRIES = 5;

export interface RunningSuite extends AsyncDisposable {
  /** Where clients ask for a msg_server. */
  readonly lookup: Address;
  /** `null` when the suite was not started by us. */
  readonly pid: number | null;
}

export interface SuiteOptions {
  /** Made before the start: `user1`… */
  readonly users: number;
  readonly password: string;
}

/** A suite that runs already. Its users and its rate limit are up to whoever started it. */
export function attachSuite(url: string): RunningSuite {
  const { hostname, port } = new URL(url);
  return {
    lookup: { host: hostname, port: Number(port || "80") },
    pid: null,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** @throws {Error} with the output of the suite when it does not start */
export async function startSuite({ users, password }: SuiteOptions): Promise<RunningSuite> {
  const dataDir = await Deno.makeTempDir({ prefix: "teamtalk_bench_" });
  try {
    await seed(["--users", String(users), "--password", password, "--data", dataDir]);
    const { process, lookup } = await startOnFreePorts(dataDir);
    return {
      lookup,
      pid: process.pid,
      async [Symbol.asyncDispose]() {
        process.kill("SIGTERM");
        await process.status;
        await Deno.remove(dataDir, { recursive: true });
      },
    };
  } catch (error) {
    await Deno.remove(dataDir, { recursive: true });
    throw error;
  }
}

async function seed(args: readonly string[]): Promise<void> {
  const command = taskCommand("seed", args, { stdout: "null", stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`Cannot seed: ${new TextDecoder().decode(stderr)}`);
}

async function startOnFreePorts(
  dataDir: string,
): Promise<{ process: Deno.ChildProcess; lookup: Address }> {
  for (let tries = 1;; tries++) {
    const offset = await freePortOffset();
    const args = ["--data", dataDir, "--port-offset", String(offset), "--ip", "127.0.0.1"];
    const process = taskCommand("start", args, { stdout: "piped", stderr: "inherit" }).spawn();
    const output = await outputUntilReady(process);
    const url = /http:\/\/[^\s/]+/.exec(output)?.[0];
    if (url !== undefined) return { process, lookup: attachSuite(url).lookup };
    await process.status;
    if (tries === START_TRIES) throw new Error(`Cannot start the suite:\n${output}`);
  }
}

/** The command of a task of deno.json, run by this Deno directly, so that the process is the suite. */
function taskCommand(
  task: "start" | "seed",
  args: readonly string[],
  streams: Pick<Deno.CommandOptions, "stdout" | "stderr">,
): Deno.Command {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  const [_deno, ...taskArgs] = tasks[task].command.split(" ");
  return new Deno.Command(Deno.execPath(), {
    args: [...taskArgs, ...args],
    cwd: ROOT,
    // The limit is for people; a benchmark sends more.
    env: { TEAMTALK_MSGSERVER_MAXMSGPERSECOND: "0" },
    stdin: "null",
    ...streams,
  });
}

/** Reads until the line `ready …`, and goes on reading so that the suite never waits for us. */
function outputUntilReady(process: Deno.ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let output = "";
    let isReady = false;
    const read = async () => {
      for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
        if (isReady) continue;
        output += text;
        isReady = /^ready in /m.test(output);
        if (isReady) resolve(output);
      }
      resolve(output);
    };
    void read();
  });
}

async function freePortOffset(): Promise<number> {
  for (;;) {
    const span = OFFSETS.to - OFFSETS.from;
    const offset = OFFSETS.from + Math.floor(Math.random() * span);
    const free = await Promise.all(PORTS.map((port) => isFree(port + offset)));
    if (free.every((one) => one)) return offset;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "0.0.0.0" }, () => server.close(() => resolve(true)));
  });
}
