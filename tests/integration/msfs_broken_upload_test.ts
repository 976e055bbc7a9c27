/** Uploads that never become whole leave nothing behind, and nothing of them is ever served. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { SILENCE_LIMIT_MS } from "../../servers/msfs/http/body_reader.ts";
import { filesBelow } from "../../servers/msfs/test_support/files.ts";
import { ManualClock } from "../../shared/clock.ts";
import {
  BOUNDARY,
  formOf,
  type Msfs,
  passing,
  postOf,
  startMsfs,
  until,
} from "../support/msfs_fixture.ts";
import { WatchedLog } from "../support/watched_log.ts";

/** Still open for the client to send more of the body. */
const HALF = Buffer.from(postOf(formOf(Buffer.alloc(300_000, "x")))).subarray(0, 200_000);

/** Waits until the server works on an upload, so that there is something to leave behind. */
function isSpooled(msfs: Msfs): Promise<void> {
  return until("an upload under way", async () => (await filesBelow(msfs.baseDir)).length > 0);
}

Deno.test("msfs, a connection that breaks within the file leaves nothing", async () => {
  const log = new WatchedLog();
  await using msfs = await startMsfs({ log: log.logger });
  for (const [index, end] of (["destroy", "resetAndDestroy", "end"] as const).entries()) {
    await using client = msfs.open();
    client.send(HALF);
    await isSpooled(msfs);
    client.socket[end]();
    await log.logged("upload refused", index + 1);
    assert.deepEqual(await filesBelow(msfs.baseDir), [], end);
  }
  await msfs.store("still there");
});

Deno.test("msfs, a request that breaks off behind its file is none", async () => {
  const log = new WatchedLog();
  await using msfs = await startMsfs({ log: log.logger });
  await using client = msfs.open();
  const whole = Buffer.from(postOf(formOf("data"))).toString();
  client.send(whole.replace(/Content-Length: (\d+)/, (_, n) => `Content-Length: ${Number(n) + 1}`));
  await isSpooled(msfs);
  client.socket.end();
  await log.logged("upload refused", 1);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});

Deno.test("msfs, a Content-Length that is too short ends the form: not closed, nothing stored", async () => {
  await using msfs = await startMsfs();
  await using client = msfs.open();
  const whole = Buffer.from(postOf(formOf("0123456789"))).toString();
  client.send(
    whole.replace(/Content-Length: (\d+)/, (_, n) => `Content-Length: ${Number(n) - 20}`),
  );
  assert.equal(JSON.parse((await client.answer()).body.toString()).error_code, 8);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});

Deno.test("msfs, a client that falls silent is given up after 30 s, with nothing left", async () => {
  const clock = new ManualClock(Date.now());
  await using msfs = await startMsfs({ clock });
  await using client = msfs.open();
  client.send(HALF);
  await isSpooled(msfs);
  const beganMs = clock.nowMs();
  const { status, body } = await passing(clock, client.answer());
  assert.ok(clock.nowMs() - beganMs >= SILENCE_LIMIT_MS);
  assert.deepEqual([status, JSON.parse(body.toString()).error_code], [408, 16]);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});

Deno.test("msfs, requests that are no HTTP are refused, and the next one is answered", async () => {
  await using msfs = await startMsfs();
  const length = formOf("x").length;
  const malformed = [
    "GET /g0/000/000/a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999999\r\n\r\n",
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\nContent-Length: 1\r\n\r\n`,
    "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${"a".repeat(1_000_000)}\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: x\r\n${"X: y\r\n".repeat(1000)}\r\n`,
    "nonsense\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
  ];
  for (const request of malformed) {
    await using client = msfs.open();
    client.send(request);
    const received = (await client.ended()).toString();
    assert.match(received, /^(HTTP\/1\.1 4\d\d |$)/, request.slice(0, 60));
  }
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
  await msfs.store("x");
});

Deno.test("msfs, chunks that are none break the upload, and leave nothing", async () => {
  const log = new WatchedLog();
  await using msfs = await startMsfs({ log: log.logger });
  await using client = msfs.open();
  const body = Buffer.from(formOf("data")).toString();
  client.send(
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\n` +
      `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n`,
  );
  await isSpooled(msfs);
  client.send("zz\r\n");
  await log.logged("upload refused", 1);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});
