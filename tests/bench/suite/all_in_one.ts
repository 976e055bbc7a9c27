/** The all-in-one suite: everything in one process, started as `deno task start` does. */
import { attachSuite, type RunningSuite } from "./running_suite.ts";
import { freePortOffset } from "./ports.ts";
import { ROOT, type ServerOptions, startServer } from "./server_process.ts";

export interface AllInOneOptions {
  /** What its configuration files do not say: where the data is, which limits are off. */
  readonly env: Readonly<Record<string, string>>;
  /** For files and pictures. */
  readonly folder: string;
}

export async function startAllInOne(options: AllInOneOptions): Promise<RunningSuite> {
  const process = await startServer(await allInOneServer(options));
  const url = /http:\/\/[^\s/]+/.exec(process.greeting)![0];
  return {
    lookup: attachSuite(url).lookup,
    processes: [{ name: "suite", pid: process.pid, kind: "server" }],
    [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
  };
}

/** On free ports. */
export async function allInOneServer({ env, folder }: AllInOneOptions): Promise<ServerOptions> {
  const offset = ["--port-offset", String(await freePortOffset())];
  return { args: [...taskArgs("start"), ...offset, "--ip", "127.0.0.1", "--data", folder], env };
}

/** The command of a task of deno.json without `deno`, so that the process is the suite itself. */
function taskArgs(task: string): readonly string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(`${ROOT}/deno.json`));
  return tasks[task].command.split(" ").slice(1);
}
