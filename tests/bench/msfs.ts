/**
 * Memory and throughput of msfs, which is to take files both ways without holding them:
 *
 *     deno run -A tests/bench/msfs.ts [--mib N] [--files N] [--clients N] [--small N]
 *
 * A process of its own stores and gives out `files` files of `mib` MiB for `clients` clients at a
 * time, half of which read slowly; then `small` sounds of 8 KiB both ways. If files were held, the
 * peak would be above `clients` times `mib`.
 */
import { parseArgs } from "node:util";
import { systemClock } from "../../shared/clock.ts";
import { msfsClient } from "../../shared/msfs/mod.ts";
import { memoryMib } from "./measure/proc.ts";

const ROOT = `${import.meta.dirname}/../..`;
const MIB = 1024 * 1024;
const SMALL_BYTES = 8 * 1024;
const BOUNDARY = "bench";

interface Server extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
}

async function start(maxUploadBytes: number): Promise<Server> {
  const folder = await Deno.makeTempDir({ prefix: "teamtalk_bench_" });
  await Deno.writeTextFile(
    `${folder}/msfs.conf`,
    `ListenIP=127.0.0.1\nListenPort=0\nBaseDir=files\nMaxUploadBytes=${maxUploadBytes}\n`,
  );
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", `${ROOT}/deno.json`, `${ROOT}/servers/msfs/main.ts`],
    cwd: folder,
    env: { TEAMTALK_LOG_FORMAT: "json" },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("ready in")) text += (await output.read()).value ?? "";
  return {
    url: `http://127.0.0.1:${/"port":(\d+)/.exec(text)![1]}`,
    pid: process.pid,
    async [Symbol.asyncDispose]() {
      process.kill("SIGTERM");
      await output.cancel();
      await process.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** A form with a file of so many bytes, made while it is sent. */
async function* form(bytes: number): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  yield encoder.encode(
    `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="1.bin"\r\n` +
      `Content-Type: application/octet-stream\r\n\r\n`,
  );
  const piece = new Uint8Array(64 * 1024).fill(120);
  for (let sent = 0; sent < bytes; sent += piece.length) {
    yield piece.subarray(0, bytes - sent);
  }
  yield encoder.encode(`\r\n--${BOUNDARY}--\r\n`);
}

async function upload(url: string, bytes: number): Promise<string> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": `multipart/form-data; boundary=${BOUNDARY}` },
    body: ReadableStream.from(form(bytes)),
  });
  const answer = await response.json();
  if (answer.error_code !== 0) throw new Error(`Cannot upload: ${JSON.stringify(answer)}`);
  return answer.url;
}

async function download(url: string, { pauseMs }: { readonly pauseMs: number }): Promise<number> {
  const response = await fetch(url);
  let bytes = 0;
  for await (const piece of response.body!) {
    bytes += piece.length;
    if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return bytes;
}

/** Runs `work` so many times, `clients` at a time. Returns the seconds it took. */
async function run(
  times: number,
  clients: number,
  work: (index: number) => Promise<unknown>,
): Promise<number> {
  const startMs = performance.now();
  let next = 0;
  await Promise.all(Array.from({ length: clients }, async () => {
    while (next < times) await work(next++);
  }));
  return (performance.now() - startMs) / 1000;
}

function print(line: string): void {
  // deno-lint-ignore no-console -- the output of a command
  console.log(line);
}

const { values } = parseArgs({
  options: {
    mib: { type: "string", default: "32" },
    files: { type: "string", default: "24" },
    clients: { type: "string", default: "8" },
    small: { type: "string", default: "1000" },
  },
});
const [mib, files, clients, small] = [values.mib, values.files, values.clients, values.small]
  .map(Number) as [number, number, number, number];

await using server = await start((mib + 1) * MIB);
const { url, pid } = server;
const report = (what: string, count: number, bytes: number, seconds: number): void => {
  const memory = memoryMib(pid);
  const rate = `${(count / seconds).toFixed(0)}/s, ${
    (count * bytes / MIB / seconds).toFixed(0)
  } MiB/s`;
  print(`${what}: ${rate}; memory ${memory?.now.toFixed(0)} MiB, peak ${memory?.peak.toFixed(0)}`);
};
print(`idle: memory ${memoryMib(pid)?.now.toFixed(0)} MiB`);
const urls: string[] = [];
const large = mib * MIB;
report(
  `${files} uploads of ${mib} MiB, ${clients} at a time`,
  files,
  large,
  await run(files, clients, async () => void urls.push(await upload(url, large))),
);
report(
  `${files} downloads of ${mib} MiB, half of them slow`,
  files,
  large,
  await run(files, clients, (i) => download(urls[i]!, { pauseMs: i % 2 })),
);
const sounds = msfsClient({ site: url, clock: systemClock });
const sound = new Uint8Array(SMALL_BYTES).fill(7);
const paths: string[] = [];
report(
  `${small} sounds of 8 KiB up, 16 at a time`,
  small,
  SMALL_BYTES,
  await run(small, 16, async () => void paths.push(await sounds.upload(sound))),
);
report(
  `${small} sounds of 8 KiB down, 16 at a time`,
  small,
  SMALL_BYTES,
  await run(small, 16, (i) => sounds.download(paths[i]!, SMALL_BYTES)),
);
