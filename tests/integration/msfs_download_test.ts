/** Downloads from msfs over real sockets (docs/spec/admin-http.md 3.3). */
import assert from "node:assert/strict";
import { STALL_LIMIT_MS } from "../../servers/msfs/http/paced_stream.ts";
import { ManualClock } from "../../shared/clock.ts";
import { type Msfs, passing, startMsfs, until } from "../support/msfs_fixture.ts";
import { WatchedLog } from "../support/watched_log.ts";

const PNG = "\x89PNG\r\n\x1a\n0123456789";
const LATIN1 = Uint8Array.from(PNG, (char) => char.charCodeAt(0));
/** More than the buffers of two sockets hold. */
const LARGE = new Uint8Array(10_000_000).fill(120);

/** Status and body of a request whose path is sent as it stands. */
async function get(msfs: Msfs, path: string, headers = "", method = "GET") {
  await using client = msfs.open();
  client.send(`${method} ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
  return await client.answer({ bodiless: method === "HEAD" });
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

Deno.test("msfs, GET sends a file with its type, to be kept for ever, and never to be run", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store(LATIN1, "1.png"));
  const { status, headers, body } = await get(msfs, path);
  assert.equal(status, 200);
  assert.equal(body.toString("latin1"), PNG);
  assert.equal(headers.get("Content-Type"), "image/png");
  assert.equal(headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  assert.equal(headers.get("Content-Security-Policy"), "default-src 'none'; sandbox");
  assert.equal(headers.get("Accept-Ranges"), "bytes");
  assert.equal(headers.get("Content-Disposition"), null);
  assert.match(headers.get("ETag")!, /^"\S+"$/);
});

Deno.test("msfs, what a browser could run comes as a download of bytes, whatever its name (P-MSFS5)", async () => {
  await using msfs = await startMsfs();
  const script = "<script>alert(1)</script>";
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>';
  const uploads: readonly (readonly [name: string, data: string])[] = [
    ["1.html", script],
    ["1.png", script],
    ["1.svg", svg],
    ["1.jpg", svg],
    ["1.xml", "<?xml version='1.0'?><x/>"],
    ["1.js", "alert(1)"],
    ["1.pdf", "%PDF-1.7"],
  ];
  for (const [name, data] of uploads) {
    const { headers, body } = await get(msfs, pathOf(await msfs.store(data, name)));
    assert.equal(headers.get("Content-Type"), "application/octet-stream", name);
    assert.equal(headers.get("Content-Disposition"), "attachment", name);
    assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
    assert.equal(body.toString(), data);
  }
});

Deno.test("msfs, HEAD tells the same without the file", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("0123456789", "1.spx"));
  const whole = await get(msfs, path);
  const head = await get(msfs, path, "", "HEAD");
  assert.equal(head.status, 200);
  for (const name of ["Content-Length", "Content-Type", "ETag", "Last-Modified"]) {
    assert.equal(head.headers.get(name), whole.headers.get(name), name);
  }
  assert.equal((await get(msfs, "/g0/000/000/no.png", "", "HEAD")).status, 404);
});

Deno.test("msfs, Range gets that part, or is told that there is none", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("0123456789", "1.spx"));
  const parts: readonly (readonly [range: string, status: number, part: string, text: string])[] = [
    ["bytes=0-0", 206, "bytes 0-0/10", "0"],
    ["bytes=3-5", 206, "bytes 3-5/10", "345"],
    ["bytes=8-", 206, "bytes 8-9/10", "89"],
    ["bytes=-2", 206, "bytes 8-9/10", "89"],
    ["bytes=5-999", 206, "bytes 5-9/10", "56789"],
    ["bytes=10-", 416, "bytes */10", ""],
    ["bytes=0-1,3-4", 200, "", "0123456789"],
    ["pages=1", 200, "", "0123456789"],
  ];
  for (const [range, status, part, text] of parts) {
    const answer = await get(msfs, path, `Range: ${range}\r\n`);
    assert.equal(answer.status, status, range);
    assert.equal(answer.headers.get("Content-Range") ?? "", part, range);
    assert.equal(answer.body.toString(), text, range);
  }
});

Deno.test("msfs, an unchanged file is not sent again, and If-Range guards a part", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("0123456789", "1.spx"));
  const { headers } = await get(msfs, path);
  const etag = headers.get("ETag")!;
  for (const condition of [`If-None-Match: ${etag}`, `If-None-Match: "a", W/${etag}`]) {
    const answer = await get(msfs, path, `${condition}\r\n`);
    assert.deepEqual([answer.status, answer.body.length], [304, 0], condition);
    assert.equal(answer.headers.get("ETag"), etag);
  }
  const since = headers.get("Last-Modified")!;
  assert.equal((await get(msfs, path, `If-Modified-Since: ${since}\r\n`)).status, 304);
  assert.equal((await get(msfs, path, 'If-None-Match: "other"\r\n')).status, 200);
  const part = "Range: bytes=0-3\r\n";
  assert.equal((await get(msfs, path, `${part}If-Range: ${etag}\r\n`)).status, 206);
  assert.equal((await get(msfs, path, `${part}If-Range: "other"\r\n`)).status, 200);
});

Deno.test("msfs, an empty file is sent, and has no part", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("", "1.spx"));
  const whole = await get(msfs, path);
  assert.deepEqual([whole.status, whole.headers.get("Content-Length")], [200, "0"]);
  assert.equal((await get(msfs, path, "Range: bytes=0-\r\n")).status, 416);
});

Deno.test("msfs, the small version of a picture that some clients ask for is the picture", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store(LATIN1, "1.png"));
  const small = await get(msfs, `${path}_100x100.jpg`);
  assert.deepEqual([small.status, small.body.toString("latin1")], [200, PNG]);
  assert.equal(small.headers.get("Content-Type"), "image/png");
  assert.equal((await get(msfs, `${path}x_100x100.jpg`)).status, 404);
  assert.equal((await get(msfs, `${path}_100x100.png`)).status, 404);
});

Deno.test("msfs, any group and any query name the same file", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("x", "1.spx")).replace("/g0/", "");
  for (const url of [`/g0/${path}`, `/g1/${path}`, `/g0/${path}?t=1`, `http://other/g0/${path}`]) {
    assert.equal((await get(msfs, url)).body.toString(), "x", url);
  }
});

Deno.test("msfs, no path leads out of its root, or to what is not a file (P-MSFS6)", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("x", "1.spx"));
  await Deno.writeTextFile(`${msfs.baseDir}/.uploads/1.part`, "half");
  const outside = await Deno.makeTempFile();
  await Deno.symlink(outside, `${msfs.baseDir}/000/000/link.png`);
  await Deno.symlink("/", `${msfs.baseDir}/root`);
  const expected: readonly (readonly [path: string, status: number])[] = [
    ["/../../etc/passwd", 400],
    ["/g0/../../etc/passwd", 400],
    ["/g0/%2e%2e/%2e%2e/etc/passwd", 400],
    ["/g0/..%2f..%2fetc%2fpasswd", 400],
    ["/g0/%2fetc%2fpasswd", 400],
    ["/g0/000%2f000%2fx", 400],
    ["/g0/000/000/a%00.png", 400],
    ["/g0/..%5c..%5cx", 400],
    ["/g0/.uploads/1.part", 400],
    ["/g0/%2euploads/1.part", 400],
    ["/g0//etc/passwd", 500],
    ["//etc/passwd", 404],
    ["/abc", 500],
    ["/", 500],
    ["/g0/000/000", 404],
    ["/g0/000", 404],
    ["/g0/000/000/", 500],
    ["/g0/000/000/link.png", 404],
    ["/g0/root/etc/passwd", 404],
    [`${path}/x`, 404],
    ["/g0/000/000/no.png", 404],
  ];
  for (const [bad, status] of expected) {
    const answer = await get(msfs, bad);
    assert.deepEqual([answer.status, answer.body.length], [status, 0], bad);
  }
  await Deno.remove(outside);
});

Deno.test("msfs, 403 for methods other than GET, HEAD and POST (P-MSFS2)", async () => {
  await using msfs = await startMsfs();
  const path = pathOf(await msfs.store("x", "1.spx"));
  for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND", "TRACE"]) {
    assert.equal((await get(msfs, path, "", method)).status, 403, method);
  }
  assert.equal((await get(msfs, path)).body.toString(), "x");
});

Deno.test("msfs, files of the original stay reachable under their old paths", async () => {
  const baseDir = await Deno.makeTempDir();
  await Deno.mkdir(`${baseDir}/003/017`, { recursive: true });
  await Deno.writeTextFile(`${baseDir}/003/017/1433333333333333_14065666406_64x64.jpg`, "old");
  {
    await using msfs = await startMsfs({ baseDir, keys: { FileCnt: 23_460_000 } });
    const old = await get(msfs, "/g0/003/017/1433333333333333_14065666406_64x64.jpg");
    assert.deepEqual([old.body.toString(), old.headers.get("Content-Type")], ["old", "image/jpeg"]);
    assert.match(await msfs.store("new"), /\/g0\/003\/017\//);
  }
  await Deno.remove(baseDir, { recursive: true });
});

Deno.test("msfs with MaxDownloads: 503 while they are under way; a client that goes makes room", async () => {
  await using msfs = await startMsfs({ keys: { MaxDownloads: 1 } });
  const path = pathOf(await msfs.store(LARGE));
  {
    await using client = msfs.open();
    client.socket.pause();
    client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await untilStatus(msfs, path, 503);
  }
  // It did not say goodbye; the server finds out by writing to it.
  await untilStatus(msfs, path, 200);
});

function untilStatus(msfs: Msfs, path: string, status: number): Promise<void> {
  return until(`status ${status}`, async () => {
    return (await get(msfs, path, "", "HEAD")).status === status;
  });
}

Deno.test("msfs, a reader that takes nothing for a minute is cut off", async () => {
  const clock = new ManualClock(Date.now());
  const log = new WatchedLog();
  await using msfs = await startMsfs({ clock, log: log.logger });
  const path = pathOf(await msfs.store(LARGE));
  await using client = msfs.open();
  client.socket.pause();
  client.send(`GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`);
  const beganMs = clock.nowMs();
  await passing(clock, log.logged("download broken off", 1));
  assert.ok(clock.nowMs() - beganMs >= STALL_LIMIT_MS);
  client.socket.resume();
  const received = await client.ended();
  assert.ok(received.length < LARGE.length, `${received.length} bytes`);
});
