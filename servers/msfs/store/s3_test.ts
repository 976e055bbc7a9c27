/** Against a server of the S3 protocol, which keeps its buckets in a folder. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { ManualClock, systemClock } from "../../../shared/clock.ts";
import { systemRandom } from "../../../shared/random.ts";
import { ACCOUNT, BUCKET, startS3Server } from "../test_support/s3_server.ts";
import { S3Requests } from "./s3_requests.ts";
import { S3Store } from "./s3.ts";
import { Spool } from "./spool.ts";
import { get, put, spooled, type StoreStage, testStoreContract } from "./test_support/contract.ts";
import { StoreError } from "./types.ts";

interface S3Options {
  readonly endpoint: string;
  readonly prefix?: string;
  readonly bucket?: string;
  readonly clock?: typeof systemClock;
}

async function storeAt(
  baseDir: string,
  { endpoint, prefix = "", bucket = BUCKET, clock = systemClock }: S3Options,
): Promise<S3Store> {
  const { spool } = await Spool.open(baseDir, systemRandom);
  const account = { region: "us-east-1", accessKey: ACCOUNT, secretKey: ACCOUNT };
  const requests = new S3Requests({ endpoint, bucket, ...account }, clock);
  return new S3Store({ requests, prefix, spool, clock });
}

interface S3Stage extends StoreStage {
  readonly endpoint: string;
}

async function start(options: Partial<S3Options> = {}): Promise<S3Stage> {
  const baseDir = await Deno.makeTempDir();
  const server = await startS3Server();
  const { endpoint } = server;
  return {
    baseDir,
    endpoint,
    store: await storeAt(baseDir, { endpoint, ...options }),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await Deno.remove(baseDir, { recursive: true });
    },
  };
}

testStoreContract("S3Store", start);

Deno.test("S3Store keeps files under its prefix, and apart from those of another", async () => {
  await using stage = await start({ prefix: "msfs/one/" });
  const { store, baseDir, endpoint } = stage;
  await put(store, "000/000/1.bin", "x");
  const other = await storeAt(baseDir, { endpoint });
  assert.equal(await get(other, "msfs/one/000/000/1.bin"), "x");
  assert.equal(await other.open("000/000/1.bin"), null);
});

Deno.test("S3Store trusts no type that another program gave an object", async () => {
  await using stage = await start();
  const { store, endpoint } = stage;
  const answer = await fetch(`${endpoint}/${BUCKET}/000/000/1.png`, {
    method: "PUT",
    headers: { "Content-Type": "text/html" },
    body: "<script>",
  });
  assert.equal(answer.status, 200);
  await answer.body?.cancel();
  const file = (await store.open("000/000/1.png"))!;
  assert.equal(file.mediaType, "application/octet-stream");
});

Deno.test("S3Store starts counting where it is told, for a bucket has no directories", async () => {
  await using stage = await start();
  assert.equal(await stage.store.countFiles(7, 3), 7);
});

Deno.test("S3Store fails without leaving anything when the service refuses or is gone", async () => {
  await using stage = await start();
  const { baseDir, endpoint } = stage;
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, "127.0.0.1", resolve));
  const { port } = gone.address() as { port: number };
  await new Promise((resolve) => gone.close(resolve));
  const broken = [{ endpoint, bucket: "no-such-bucket" }, { endpoint: `http://127.0.0.1:${port}` }];
  for (const options of broken) {
    const store = await storeAt(baseDir, options);
    await assert.rejects(put(store, "000/000/1.bin", "x"), StoreError);
    assert.deepEqual(await spooled(baseDir), []);
  }
  const store = await storeAt(baseDir, { endpoint: `http://127.0.0.1:${port}` });
  await assert.rejects(store.open("000/000/1.bin"), StoreError);
});

Deno.test("S3Store fails when the service is silent for its limits", async () => {
  const asked = Promise.withResolvers<void>();
  const silent = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const { port } = silent.address() as { port: number };
  const baseDir = await Deno.makeTempDir();
  const clock = new ManualClock(Date.now());
  const store = await storeAt(baseDir, { endpoint: `http://127.0.0.1:${port}`, clock });
  const opened = assert.rejects(store.open("000/000/1.bin"), /no answer within 10000 ms/);
  await asked.promise;
  clock.advance(10_000);
  await opened;
  assert.equal(clock.pendingTimers, 0);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
  await Deno.remove(baseDir, { recursive: true });
});
