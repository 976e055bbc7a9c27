/** Stopping and starting msfs again (docs/spec/roles.md 2.4, 8). */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { filesBelow } from "../../servers/msfs/test_support/files.ts";
import { ManualClock } from "../../shared/clock.ts";
import { ListenError } from "../../shared/netlib/mod.ts";
import { StorageError } from "../../shared/storage/types.ts";
import { BOUNDARY, formOf, passing, postOf, startMsfs } from "../support/msfs_fixture.ts";

const HEAD = `POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n` +
  `Content-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: `;

Deno.test("msfs, stop() finishes an upload under way, and accepts nothing new", async () => {
  await using msfs = await startMsfs();
  await using client = msfs.open();
  const form = formOf("data");
  client.send(`${HEAD}${form.length}\r\n\r\n`);
  assert.equal((await client.answer()).status, 100);
  const stopped = msfs.stop();
  const refused = await fetch(`${msfs.url}/g0/000/000/1.png`);
  assert.equal(refused.status, 503);
  await refused.body?.cancel();
  client.send(form);
  const { body } = await client.answer();
  const { path } = JSON.parse(body.toString());
  await stopped;
  assert.equal(await Deno.readTextFile(`${msfs.baseDir}/${path.slice(3)}`), "data");
  await assert.rejects(fetch(msfs.url), TypeError);
});

Deno.test("msfs, stop() cuts off what takes too long, and leaves nothing of it", async () => {
  const clock = new ManualClock(Date.now());
  await using msfs = await startMsfs({ clock });
  const url = await msfs.store(new Uint8Array(10_000_000));
  await using uploading = msfs.open();
  uploading.send(`${HEAD}1000000\r\n\r\n`);
  assert.equal((await uploading.answer()).status, 100);
  uploading.send(Buffer.from(postOf(formOf("x".repeat(1000)))).subarray(200));
  await using downloading = msfs.open();
  downloading.socket.pause();
  downloading.send(`GET ${new URL(url).pathname} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await using idle = msfs.open();
  idle.send("GET /g0/x/y HTTP/1.1\r\nHost: x\r\n\r\n");
  assert.equal((await idle.answer()).status, 404);
  await passing(clock, msfs.stop());
  await uploading.ended();
  await idle.ended();
  assert.equal((await filesBelow(msfs.baseDir)).length, 1);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("msfs, goes on counting where it was, without a counter that anybody wrote", async () => {
  const baseDir = await Deno.makeTempDir();
  const keys = { FilesPerDir: 2 };
  const directories: string[] = [];
  for (let start = 0; start < 3; start++) {
    await using msfs = await startMsfs({ baseDir, keys });
    for (let i = 0; i < 3; i++) {
      directories.push(/g0\/(\d+\/\d+)\//.exec(await msfs.store("x"))![1]!);
    }
  }
  const numbers = directories.map((directory) => Number(directory.slice(-3)));
  assert.deepEqual(numbers, [0, 0, 1, 1, 2, 2, 3, 3, 4]);
  await Deno.remove(baseDir, { recursive: true });
});

Deno.test("msfs, listens on several addresses with one store", async () => {
  await using msfs = await startMsfs({ keys: { ListenIP: "127.0.0.1;127.0.0.2" } });
  await msfs.store("x");
});

Deno.test("msfs, a used port or a place that cannot hold files ends the start, with nothing open", async () => {
  await using msfs = await startMsfs();
  await assert.rejects(startMsfs({ keys: { ListenPort: msfs.port } }), ListenError);
  const file = `${msfs.baseDir}/file`;
  await Deno.writeTextFile(file, "");
  await assert.rejects(startMsfs({ keys: { BaseDir: `${file}/x` } }), (error) => {
    assert.ok(error instanceof StorageError);
    assert.match(error.message, /^BaseDir=.*file\/x: Cannot use /);
    return true;
  });
});
