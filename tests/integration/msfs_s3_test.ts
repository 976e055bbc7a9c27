/** msfs with Store=s3: for its clients nothing is different. */
import assert from "node:assert/strict";
import { filesBelow } from "../../servers/msfs/test_support/files.ts";
import { systemClock } from "../../shared/clock.ts";
import { msfsClient } from "../../shared/msfs/mod.ts";
import { startMsfs } from "../support/msfs_fixture.ts";
import {
  ACCOUNT,
  BUCKET,
  type S3Server,
  startS3Server,
} from "../../servers/msfs/test_support/s3_server.ts";
import { WatchedLog } from "../support/watched_log.ts";

function keysFor(s3: S3Server): Record<string, string> {
  return {
    Store: "s3",
    S3Endpoint: s3.endpoint,
    S3Bucket: BUCKET,
    S3Prefix: "msfs",
    S3AccessKey: ACCOUNT,
    S3SecretKey: ACCOUNT,
  };
}

Deno.test("msfs on S3, stores, sends, sends parts, and keeps nothing on its own disk", async () => {
  await using s3 = await startS3Server();
  await using msfs = await startMsfs({ keys: keysFor(s3) });
  const data = "\x89PNG\r\n\x1a\n" + "0123456789".repeat(20_000);
  const bytes = Uint8Array.from(data, (char) => char.charCodeAt(0));
  const url = await msfs.store(bytes, "pic_100x50.png");
  assert.match(url, /\/g0\/000\/000\/\d{16}_\d{12}_100x50\.png$/);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);

  const whole = await fetch(url);
  assert.deepEqual(await whole.bytes(), bytes);
  assert.equal(whole.headers.get("Content-Type"), "image/png");
  const etag = whole.headers.get("ETag")!;
  const part = await fetch(url, { headers: { "Range": "bytes=8-17", "If-Range": etag } });
  assert.deepEqual([part.status, await part.text()], [206, "0123456789"]);
  const unchanged = await fetch(url, { headers: { "If-None-Match": etag } });
  assert.deepEqual([unchanged.status, await unchanged.text()], [304, ""]);
  const head = await fetch(url, { method: "HEAD" });
  assert.equal(head.headers.get("Content-Length"), String(bytes.length));
  const small = await fetch(`${url}_32x32.jpg`);
  assert.equal((await small.bytes()).length, bytes.length);
  const missing = await fetch(`${msfs.url}/g0/000/000/1_2.png`);
  assert.deepEqual([missing.status, await missing.text()], [404, ""]);
});

Deno.test("msfs on S3, a script comes as a download, and sounds go both ways", async () => {
  await using s3 = await startS3Server();
  await using msfs = await startMsfs({ keys: keysFor(s3) });
  const script = await fetch(await msfs.store("<script>", "1.html"));
  assert.equal(await script.text(), "<script>");
  assert.equal(script.headers.get("Content-Type"), "application/octet-stream");
  assert.equal(script.headers.get("Content-Disposition"), "attachment");
  const sounds = msfsClient({ site: msfs.url, clock: systemClock });
  const sound = new TextEncoder().encode("a sound");
  assert.deepEqual(await sounds.download(await sounds.upload(sound), sound.length), sound);
});

Deno.test("msfs on S3 that is gone: error 17 and 502, nothing is left, and it starts all the same", async () => {
  await using s3 = await startS3Server();
  const log = new WatchedLog();
  await s3.stop();
  await using msfs = await startMsfs({ keys: keysFor(s3), log: log.logger });
  assert.equal(log.countOf("S3 does not answer as it should"), 1);
  const answer = await msfs.upload("x");
  assert.deepEqual([answer.status, answer.error_code], [502, 17]);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
  const download = await fetch(`${msfs.url}/g0/000/000/1_2.png`);
  assert.deepEqual([download.status, await download.text()], [502, ""]);
});
