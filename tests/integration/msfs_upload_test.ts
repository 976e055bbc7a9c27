/** Uploads to msfs over real sockets (docs/spec/admin-http.md 3.1). */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { gzipSync } from "node:zlib";
import { filesBelow } from "../../servers/msfs/test_support/files.ts";
import {
  BOUNDARY,
  formOf,
  type Msfs,
  postOf,
  startMsfs,
  type Uploaded,
  uploaded,
} from "../support/msfs_fixture.ts";

const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

async function post(msfs: Msfs, body: BodyInit, headers: HeadersInit = {}): Promise<Uploaded> {
  const given = new Headers(headers);
  if (!given.has("Content-Type")) given.set("Content-Type", FORM_TYPE);
  return await uploaded(await fetch(msfs.url, { method: "POST", body, headers: given }));
}

Deno.test("msfs, stores an upload and says where on one line, as the original does (Q-MSFSJSON)", async () => {
  await using msfs = await startMsfs();
  await using client = msfs.open();
  client.send(postOf(formOf("sound", { name: "voice.spx" })));
  const { status, headers, body } = await client.answer();
  const [, path] = /"path":"([^"]*)"/.exec(body.toString())!;
  assert.match(path!, /^g0\/000\/000\/\d{16}_\d{12}\.spx$/);
  assert.equal(
    body.toString(),
    `{"error_code":0,"error_msg": "成功","path":"${path}",` +
      `"url":"http://files.example:8700/${path}"}`,
  );
  assert.equal(status, 200);
  assert.equal(headers.get("Content-Type"), "text/html;charset=utf-8");
  assert.equal(headers.get("X-Content-Type-Options"), "nosniff");
  assert.deepEqual(await filesBelow(msfs.baseDir), [`${msfs.baseDir}/${path!.slice(3)}`]);
});

Deno.test("msfs, takes an upload at any path, over a connection that stays open", async () => {
  await using msfs = await startMsfs();
  await using client = msfs.open();
  for (const path of ["/", "/upload", "/a/../b?c=d"]) {
    const text = Buffer.from(postOf(formOf(path))).toString().replace("POST / ", `POST ${path} `);
    client.send(text);
    const { body } = await client.answer();
    assert.equal(JSON.parse(body.toString()).error_code, 0, path);
  }
});

Deno.test("msfs, ends the connection with the answer when the client asks for it", async () => {
  await using msfs = await startMsfs();
  for (const line of ["HTTP/1.1\r\nConnection: close", "HTTP/1.0\r\nX: y"]) {
    await using client = msfs.open();
    const text = Buffer.from(postOf(formOf("x"))).toString().replace("HTTP/1.1", line);
    client.send(text);
    assert.equal((await client.answer()).status, 200);
    await client.ended();
  }
});

Deno.test("msfs, names itself as configured, else as it was asked, unless that makes no sense", async () => {
  await using proxied = await startMsfs({ keys: { PublicUrl: "https://files.example/" } });
  assert.match(await proxied.store("x"), /^https:\/\/files\.example\/g0\/000\/000\//);
  await using msfs = await startMsfs();
  await using client = msfs.open();
  // What is no name, no address and no port.
  for (const host of ['x"},<b>', "a.0.0.1", "x:65536"]) {
    const form = Buffer.from(postOf(formOf("x"))).toString();
    client.send(form.replace("files.example:8700", host));
    const { status, body } = await client.answer();
    assert.deepEqual([status, JSON.parse(body.toString()).error_code], [400, 19], host);
  }
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});

Deno.test("msfs, tells each fault of a form by the original's number, and stores nothing", async () => {
  await using msfs = await startMsfs();
  const whole = Buffer.from(formOf("data")).toString();
  const cases: readonly (readonly [code: number, body: string, type?: string])[] = [
    [2, "hello", "text/plain"],
    [2, whole.replace("Content-Disposition:", "Content-Position:")],
    [3, whole.replace('filename="1.bin"', "")],
    [4, whole, "multipart/form-data"],
    [5, whole.replaceAll(BOUNDARY, "another")],
    [6, whole.replace("Content-Type:", "Content-Kind:")],
    [7, whole.replace("\r\n\r\n", "\r\n")],
    [8, whole.replace(`\r\n--${BOUNDARY}--`, "")],
    [9, Buffer.from(formOf("data", { name: "a.1234567890123456" })).toString()],
    [9, Buffer.from(formOf("data", { name: "a./../../etc/passwd" })).toString()],
    [10, Buffer.from(formOf("data", { name: "noext" })).toString()],
    [11, Buffer.from(formOf("data", { name: "x".repeat(252) + ".png" })).toString()],
  ];
  for (const [code, body, type = FORM_TYPE] of cases) {
    const answer = await post(msfs, body, { "Content-Type": type });
    assert.equal(
      answer.text,
      `{"error_code":${code},"error_msg": "格式错误","path":"","url":""}`,
      body,
    );
    assert.equal(answer.status, 200);
  }
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});

Deno.test("msfs, error 1 for a request above the limit, announced or not, and stores nothing (P-MSFS1)", async () => {
  await using msfs = await startMsfs({ keys: { MaxUploadBytes: 4096 } });
  const body = formOf(new Uint8Array(4096));
  const announced = await post(msfs, body);
  const inChunks = await post(
    msfs,
    ReadableStream.from([body.subarray(0, 999), body.subarray(999)]),
  );
  for (const answer of [announced, inChunks]) {
    assert.equal(answer.text, '{"error_code":1,"error_msg": "上传文件过大","url":""}');
    assert.equal(answer.status, 200);
  }
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
  const fitting = 4096 - formOf("").length;
  assert.equal((await msfs.upload(new Uint8Array(fitting))).error_code, 0);
  assert.equal((await msfs.upload(new Uint8Array(fitting + 1))).error_code, 1);
});

Deno.test("msfs, 413 at once for a request that announces a huge length, past 32 bits too (P-MSFS7)", async () => {
  await using msfs = await startMsfs();
  for (const length of ["90000000", "4294967396", "9007199254740993", "18446744073709551615"]) {
    await using client = msfs.open();
    client.send(
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM_TYPE}\r\n` +
        `Content-Length: ${length}\r\n\r\n`,
    );
    const { status, body } = await client.answer();
    assert.equal(status, 413, length);
    assert.equal(JSON.parse(body.toString()).error_code, 1);
  }
});

Deno.test("msfs, does not unpack a packed body: it is no form, and no bomb", async () => {
  await using msfs = await startMsfs();
  const packed = new Uint8Array(gzipSync(formOf(new Uint8Array(5_000_000))));
  const answer = await post(msfs, packed, { "Content-Encoding": "gzip" });
  assert.equal(answer.error_code, 2);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});

Deno.test("msfs, stores a packed file as the bytes it is", async () => {
  await using msfs = await startMsfs();
  const packed = gzipSync(new Uint8Array(5_000_000));
  const response = await fetch(await msfs.store(packed, "bomb.gz"));
  assert.equal(response.headers.get("Content-Encoding"), null);
  assert.equal((await response.bytes()).length, packed.length);
});

Deno.test("msfs, puts the size of a picture into its name", async () => {
  await using msfs = await startMsfs();
  assert.match(await msfs.store("x", "pic_100x50.png"), /_\d{12}_100x50\.png$/);
  assert.match(await msfs.store("x", "my_fox.png"), /_\d{12}\.png$/);
});

Deno.test("msfs, many uploads at a time: each is stored whole under a name of its own", async () => {
  await using msfs = await startMsfs({ keys: { FilesPerDir: 7 } });
  const texts = Array.from({ length: 40 }, (_, i) => `file ${i} `.repeat(5000));
  const urls = await Promise.all(texts.map((text) => msfs.store(text)));
  assert.equal(new Set(urls).size, 40);
  for (const [i, url] of urls.entries()) {
    assert.equal(await (await fetch(url)).text(), texts[i]);
  }
  const directories = urls.map((url) => /g0\/(\d+\/\d+)\//.exec(url)![1]);
  assert.deepEqual([...new Set(directories)].sort(), [
    "000/000",
    "000/001",
    "000/002",
    "000/003",
    "000/004",
    "000/005",
  ]);
});

Deno.test("msfs with UploadSecret: uploads only with it, downloads without (P-MSFS5)", async () => {
  await using msfs = await startMsfs({ keys: { UploadSecret: "open sesame" } });
  for (const shown of ["", "Bearer wrong", "Bearer open sesam", "Basic b3BlbiBzZXNhbWU="]) {
    const answer = await post(msfs, formOf("x"), { "Authorization": shown });
    assert.equal(answer.status, 401, shown);
    assert.equal(answer.error_code, 12);
  }
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
  const stored = await post(msfs, formOf("x"), { "Authorization": "Bearer open sesame" });
  assert.equal(stored.error_code, 0);
  assert.equal(await (await fetch(stored.url)).text(), "x");
});

Deno.test("msfs with MaxUploadsPerMinute: 429 with the time to wait, but not for servers", async () => {
  const keys = { MaxUploadsPerMinute: 2 };
  await using msfs = await startMsfs({ keys });
  await msfs.store("1");
  await msfs.store("2");
  const response = await fetch(msfs.url, {
    method: "POST",
    body: formOf("3"),
    headers: { "Content-Type": FORM_TYPE },
  });
  assert.ok(Number(response.headers.get("Retry-After")) > 50);
  assert.deepEqual(
    await uploaded(response).then(({ status, error_code }) => [status, error_code]),
    [429, 13],
  );
  await using trusting = await startMsfs({ keys: { ...keys, UploadSecret: "s" } });
  for (let i = 0; i < 4; i++) {
    const answer = await post(trusting, formOf("x"), { "Authorization": "Bearer s" });
    assert.equal(answer.error_code, 0);
  }
});

Deno.test("msfs with MaxUploads: 503 while they are under way, then again", async () => {
  await using msfs = await startMsfs({ keys: { MaxUploads: 1 } });
  await using client = msfs.open();
  const whole = postOf(formOf("slow"));
  client.send(
    "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n" +
      `Content-Type: ${FORM_TYPE}\r\nContent-Length: ${formOf("slow").length}\r\n\r\n`,
  );
  // The server is reading its body.
  assert.equal((await client.answer()).status, 100);
  const busy = await msfs.upload("x");
  assert.deepEqual([busy.status, busy.error_code], [503, 15]);
  client.send(whole.subarray(whole.length - formOf("slow").length));
  assert.equal((await client.answer()).status, 200);
  await msfs.store("x");
});

Deno.test("msfs with MinFreeMiB: 507 when the disk has less, and nothing is stored", async () => {
  await using msfs = await startMsfs({ keys: { MinFreeMiB: 1e9 } });
  const answer = await msfs.upload("x");
  assert.deepEqual([answer.status, answer.error_code, answer.path], [507, 14, ""]);
  assert.deepEqual(await filesBelow(msfs.baseDir), []);
});
