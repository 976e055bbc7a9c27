/** One process of the suite under test, from its start to its end. */
import { nowUs } from "../generator/message_frame.ts";

export const ROOT = `${import.meta.dirname}/../../..`;

export interface ServerOptions {
  /** What follows `deno`. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** What it said up to the line `ready …`. */
  readonly greeting: string;
  /** From the start of the process to that line, in milliseconds. */
  readonly readyMs: number;
}

/** A process that ended instead of becoming ready. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/** Starts a server and waits until it is ready. @throws {StartError} with what it said */
export async function startServer({ args, env }: ServerOptions): Promise<ServerProcess> {
  const beganUs = nowUs();
  const process = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: ROOT,
    env: { ...env, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const { output, isReady } = await outputUntilReady(process);
  const readyMs = (nowUs() - beganUs) / 1000;
  if (!isReady) {
    await process.status;
    throw new StartError(`deno ${args.join(" ")} did not start:\n${output}`);
  }
  return {
    pid: process.pid,
    greeting: output,
    readyMs,
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await process.status;
    },
  };
}

/** Reads until the line `ready …`, and goes on reading so that the server never waits for us. */
function outputUntilReady(
  process: Deno.ChildProcess,
): Promise<{ readonly output: string; readonly isReady: boolean }> {
  return new Promise((resolve) => {
    let output = "";
    let isReady = false;
    const read = async () => {
      for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
        if (isReady) continue;
        output += text;
        isReady = /^ready in /m.test(output);
        if (isReady) resolve({ output, isReady });
      }
      resolve({ output, isReady });
    };
    void read();
  });
}
