import assert from "node:assert/strict";
import { ManualClock, systemClock } from "../clock.ts";
import { msfsClient, MsfsError } from "./mod.ts";
import { type Respond, startRawServer } from "./test_support/raw_server.ts";

const STORED = "http://127.0.0.1:8700/g0/000/000/1795177975308595_140656664061.audio";
const PATH = "g0/000/000/1795177975308595_140656664061.audio";

/** An answer as the original writes it. */
function http(body: string, status = "200 OK"): string {
  const length = new TextEncoder().encode(body).length;
  return `HTTP/1.1 ${status}\r\nConnection:close\r\nContent-Length:${length}\r\n` +
    `Content-Type:text/html;charset=utf-8\r\n\r\n${body}`;
}

function uploadAnswer(fields: { code?: number; path?: string; url?: string } = {}): string {
  const { code = 0, path = PATH, url = STORED } = fields;
  return http(`{"error_code":${code},"error_msg": "成功","path":"${path}","url":"${url}"}`);
}

async function withServer(
  respond: Respond,
  test: (client: ReturnType<typeof msfsClient>, requests: readonly string[]) => Promise<void>,
): Promise<void> {
  await using server = await startRawServer(respond);
  await test(msfsClient({ site: server.host, clock: systemClock }), server.requests);
}

Deno.test("upload() posts the form of a db_proxy and returns the URL of the answer", async () => {
  await withServer(() => uploadAnswer(), async (client, requests) => {
    assert.equal(await client.upload(new TextEncoder().encode("sound")), STORED);
    const [head, body] = requests[0]!.split(/\r\n\r\n(.*)/s);
    assert.match(head!, /^POST \/ HTTP\/1\.1\r\n/);
    const boundary = "WebKitFormBoundary8riBH6S4ZsoT69so";
    assert.match(
      head!,
      new RegExp(`Content-Type: multipart/form-data; boundary=${boundary}(\r\n|$)`),
    );
    assert.match(head!, /Connection: close/);
    assert.doesNotMatch(head!, /Authorization/);
    assert.equal(
      body,
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="1.audio"\r\n` +
        `Content-Type: image/jpg\r\n\r\nsound\r\n--${boundary}--\r\n`,
    );
  });
});

Deno.test("upload() takes another boundary for a sound that holds the usual one", async () => {
  await withServer(() => uploadAnswer(), async (client, requests) => {
    const boundary = "WebKitFormBoundary8riBH6S4ZsoT69so";
    await client.upload(new TextEncoder().encode(`--${boundary}--${boundary}0`));
    const used = /boundary=(\S+)/.exec(requests[0]!)![1]!;
    assert.equal(used, `${boundary}1`);
  });
});

Deno.test("upload() shows the secret that msfs asks for", async () => {
  await using server = await startRawServer(() => uploadAnswer());
  const site = server.host;
  await msfsClient({ site, clock: systemClock, uploadSecret: "s3" }).upload(new Uint8Array(9));
  assert.match(server.requests[0]!, /\r\nAuthorization: Bearer s3\r\n/);
});

Deno.test("upload() fails for every answer that does not say where the sound is", async () => {
  const bad = [
    uploadAnswer({ code: 1, path: "", url: "" }),
    uploadAnswer({ path: "", url: "http://127.0.0.1:8700/" }),
    uploadAnswer({ url: "no url" }),
    uploadAnswer({ url: `http://x/${"y".repeat(255)}` }),
    http("<html></html>"),
    http("null"),
    http("x".repeat(65 * 1024)),
    http("", "503 Service Unavailable"),
    "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "nonsense\r\n\r\n",
    "",
  ];
  await withServer((_request, count) => bad[count - 1]!, async (client, requests) => {
    for (const answer of bad) {
      await assert.rejects(client.upload(new Uint8Array(3)), MsfsError, answer);
    }
    assert.equal(requests.length, bad.length);
  });
});

Deno.test("upload() and download() do not ask for more than msfs can hold", async () => {
  const client = msfsClient({ site: "127.0.0.1:1", clock: systemClock });
  await assert.rejects(client.upload(new Uint8Array(10 * 1024 * 1024 + 1)), /10485761 bytes/);
  assert.equal(await client.download(STORED, 10 * 1024 * 1024 + 1), null);
});

Deno.test("upload() and download() fail when nobody listens", async () => {
  const gone = await startRawServer(() => null);
  await gone[Symbol.asyncDispose]();
  const client = msfsClient({ site: gone.host, clock: systemClock });
  await assert.rejects(client.upload(new Uint8Array(3)), /Cannot ask msfs at 127\.0\.0\.1/);
  await assert.rejects(client.download(STORED, 3), MsfsError);
});

Deno.test("upload() and download() fail when msfs is silent for their limit", async () => {
  const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await using server = await startRawServer((_request, count) => {
    asked[count - 1]!.resolve();
    return null;
  });
  const clock = new ManualClock();
  const client = msfsClient({ site: server.host, clock });
  const upload = assert.rejects(client.upload(new Uint8Array(3)), /no answer within 10000 ms/);
  await asked[0]!.promise;
  clock.advance(10_000);
  await upload;
  const download = assert.rejects(client.download(STORED, 3), /no answer within 2000 ms/);
  await asked[1]!.promise;
  clock.advance(2000);
  await download;
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("download() asks the configured msfs for the stored path and gives the bytes", async () => {
  await withServer(() => http("sound"), async (client, requests) => {
    const sound = await client.download(STORED, 5);
    assert.equal(new TextDecoder().decode(sound!), "sound");
    assert.match(requests[0]!, new RegExp(`^GET /${PATH} HTTP/1\\.1\r\n`));
  });
});

Deno.test("download() gives null for another length, known before or only at the end", async () => {
  const answers = [
    http("sound"),
    http("soundsound"),
    "HTTP/1.1 200 OK\r\n\r\nsoun",
    "HTTP/1.1 200 OK\r\n\r\nsoundsound",
  ];
  await withServer((_request, count) => answers[count - 1]!, async (client) => {
    for (const size of [6, 9, 5, 9]) assert.equal(await client.download(STORED, size), null);
  });
});

Deno.test("download() gives null for a missing file, also as the original says it", async () => {
  const { hex } = JSON.parse(
    Deno.readTextFileSync(new URL("../../tests/golden/msfs.json", import.meta.url)),
  )[9];
  const answers = [Uint8Array.fromHex(hex), http("", "404 Not Found"), http("", "410 Gone")];
  await withServer((_request, count) => answers[count - 1]!, async (client) => {
    for (const _ of answers) assert.equal(await client.download(STORED, 5), null);
  });
});

Deno.test("download() gives null without asking for an empty sound or a path that is none", async () => {
  const client = msfsClient({ site: "127.0.0.1:1", clock: systemClock });
  assert.equal(await client.download(STORED, 0), null);
  assert.equal(await client.download("", 5), null);
  assert.equal(await client.download("file:///etc/passwd", 5), null);
});

Deno.test("download() fails for an answer that says neither yes nor no", async () => {
  const answers = [
    http("", "503 Service Unavailable"),
    http("", "403 Access Forbidden"),
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsou",
    "",
  ];
  await withServer((_request, count) => answers[count - 1]!, async (client) => {
    for (const answer of answers) {
      await assert.rejects(client.download(STORED, 5), MsfsError, answer);
    }
  });
});

Deno.test("download() asks for sixteen at a time, the others in turn", async () => {
  let atOnce = 0;
  let most = 0;
  await using server = await startRawServer(() => {
    atOnce--;
    return http("sound");
  });
  const clock = new ManualClock();
  // Every exchange starts its deadline when it begins; the wait for a place starts another one.
  const client = msfsClient({
    site: server.host,
    clock: {
      ...clock,
      nowMs: () => clock.nowMs(),
      elapsedMs: () => clock.elapsedMs(),
      every: (periodMs, run) => clock.every(periodMs, run),
      soon: (run) => clock.soon(run),
      after(delayMs, run) {
        if (delayMs === 2000) most = Math.max(most, ++atOnce);
        return clock.after(delayMs, run);
      },
    },
  });
  const all = await Promise.all(Array.from({ length: 40 }, () => client.download(STORED, 5)));
  assert.ok(all.every((sound) => sound?.length === 5));
  assert.equal(most, 16);
});
