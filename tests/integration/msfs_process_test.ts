/** msfs as a process of its own: what a kill leaves behind, and how it starts and stops. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";
import { filesBelow } from "../../servers/msfs/test_support/files.ts";
import { formOf, postOf, RawHttp, until, uploaded } from "../support/msfs_fixture.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** How long a process may take to write what is expected, which a busy machine can make long. */
const OUTPUT_DEADLINE_MS = 30_000;

interface MsfsProcess {
  readonly port: number;
  readonly output: () => string;
  /** Waits until it has written this. */
  written(text: string): Promise<void>;
  /** Sends the signal and waits for the end. Returns the exit code. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<number>;
}

/** Starts msfs with a file like the original's, and waits until it is ready. */
async function start(folder: string, { maxFiles = 1024 } = {}): Promise<MsfsProcess> {
  await Deno.writeTextFile(
    `${folder}/msfs.conf`,
    "ListenIP=127.0.0.1\nListenPort=0\nBaseDir=./tmp\nFileCnt=0\nFilesPerDir=30000\n" +
      "GetThreadCount=32\nPostThreadCount=1\n",
  );
  const process = new Deno.Command("sh", {
    args: [
      ...["-c", `ulimit -n ${maxFiles}; exec "$0" "$@"`, Deno.execPath()],
      ...["run", "-A", "--no-check", `${ROOT}/servers/msfs/main.ts`],
    ],
    cwd: folder,
    env: { NO_COLOR: "1", TEAMTALK_LOG_FORMAT: "json" },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  let changed = (): void => {};
  const read = (async () => {
    for await (const part of process.stdout.pipeThrough(new TextDecoderStream())) {
      text += part;
      changed();
    }
  })();
  const written = (wanted: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const overdue = setTimeout(
        () => reject(new Error(`Waited in vain for '${wanted}' in: ${text}`)),
        OUTPUT_DEADLINE_MS,
      );
      changed = () => {
        if (!text.includes(wanted)) return;
        clearTimeout(overdue);
        resolve();
      };
      changed();
    });
  await written("\nready in ");
  return {
    written,
    port: Number(/"port":(\d+)/.exec(text)![1]),
    output: () => text,
    async end(signal) {
      process.kill(signal);
      const { code } = await process.status;
      await read;
      return code;
    },
  };
}

async function post(port: number, data: string): Promise<string> {
  await using client = new RawHttp(port);
  client.send(postOf(formOf(data, { name: "1.spx" })));
  const { body } = await client.answer();
  return JSON.parse(body.toString()).path;
}

Deno.test("msfs process, killed within uploads: no half file is served, and the next start sweeps", async () => {
  const folder = await Deno.makeTempDir();
  const store = `${folder}/tmp`;
  const first = await start(folder);
  const whole = await post(first.port, "whole");
  const half = Buffer.from(postOf(formOf(Buffer.alloc(500_000, "x")))).subarray(0, 400_000);
  const clients = Array.from({ length: 8 }, () => new RawHttp(first.port));
  for (const client of clients) client.send(half);
  await until("uploads under way", async () => {
    return (await filesBelow(`${store}/.uploads`)).length === clients.length;
  });
  await first.end("SIGKILL");
  for (const client of clients) {
    await client.ended();
    await client[Symbol.asyncDispose]();
  }
  const stored = (await filesBelow(store)).filter((path) => !path.includes("/.uploads/"));
  assert.deepEqual(stored, [`${store}/${whole.slice(3)}`]);
  assert.equal((await filesBelow(`${store}/.uploads`)).length, clients.length);

  const second = await start(folder);
  assert.match(second.output(), /unfinished uploads removed.*"files":8/);
  assert.deepEqual(await filesBelow(`${store}/.uploads`), []);
  const answer = await fetch(`http://127.0.0.1:${second.port}/${whole}`);
  assert.equal(await answer.text(), "whole");
  assert.match(await post(second.port, "another"), /^g0\/000\/000\//);
  assert.equal(await second.end("SIGTERM"), 0);
  assert.equal((await filesBelow(store)).length, 2);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("msfs process, a file of the original starts it, open to everybody, and stays as it is", async () => {
  const folder = await Deno.makeTempDir();
  const msfs = await start(folder);
  const before = await Deno.readTextFile(`${folder}/msfs.conf`);
  assert.match(msfs.output(), /everybody may upload: msfs\.conf has no UploadSecret/);
  assert.match(msfs.output(), /PostThreadCount is not used/);
  const response = await fetch(`http://127.0.0.1:${msfs.port}/`, { method: "POST", body: "x" });
  assert.equal((await uploaded(response)).error_code, 2);
  assert.equal(await msfs.end("SIGTERM"), 0);
  assert.equal(await Deno.readTextFile(`${folder}/msfs.conf`), before);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("msfs process, without file descriptors: goes on as soon as there are some again", async () => {
  const folder = await Deno.makeTempDir();
  const msfs = await start(folder, { maxFiles: 80 });
  const path = await post(msfs.port, "before");
  const crowd = Array.from({ length: 120 }, () => new RawHttp(msfs.port));
  await msfs.written("not listening");
  await Promise.all(crowd.map((client) => client[Symbol.asyncDispose]()));
  await msfs.written("listening again");
  await using client = new RawHttp(msfs.port);
  client.send(`GET /${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  assert.equal((await client.answer()).body.toString(), "before");
  assert.equal(await msfs.end("SIGTERM"), 0);
  await Deno.remove(folder, { recursive: true });
});
