/** A file_server as a process of its own, on free ports, with its files in a folder of the test's. */
import { fileURLToPath } from "node:url";
import type { Address } from "../../shared/netlib/mod.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CONF = `ClientListenIP=127.0.0.1
ClientListenPort=0
MsgServerListenIP=127.0.0.1
MsgServerListenPort=0
`;

export interface FileProcess extends AsyncDisposable {
  readonly pid: number;
  readonly clients: Address;
  readonly msgServers: Address;
  /** Sends the signal and waits for the end; returns the exit code. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number>;
}

/** @throws {Error} with its output when it does not start */
export async function startFileProcess(dir: string): Promise<FileProcess> {
  await Deno.writeTextFile(`${dir}/fileserver.conf`, CONF);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", "--allow-read", "--allow-write", "--allow-env"].concat(
      ["servers/file/main.ts", "--conf", `${dir}/fileserver.conf`],
    ),
    cwd: ROOT,
    env: { TEAMTALK_LOG_FORMAT: "json", TEAMTALK_FILESERVER_STOREDIR: `${dir}/store` },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = await outputUntilReady(process);
  const listening = output.split("\n").find((line) => line.includes('"listening"'));
  if (listening === undefined) throw new Error(`Cannot start file_server:\n${output}`);
  const { clients, msgServers } = JSON.parse(listening);
  let hasEnded = false;
  const end = async (signal: "SIGTERM" | "SIGKILL"): Promise<number> => {
    if (!hasEnded) process.kill(signal);
    hasEnded = true;
    return (await process.status).code;
  };
  return {
    pid: process.pid,
    clients,
    msgServers,
    end,
    async [Symbol.asyncDispose]() {
      await end("SIGTERM");
    },
  };
}

/** Reads until the line `ready …`, and goes on reading so that the server never waits for us. */
function outputUntilReady(process: Deno.ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let output = "";
    const read = async () => {
      for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
        if (output.length < 100_000) output += text;
        if (/^ready in /m.test(output)) resolve(output);
      }
      resolve(output);
    };
    void read();
  });
}
