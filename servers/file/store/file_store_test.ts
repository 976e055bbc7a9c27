/** How much the store takes, and what it removes when. */
import assert from "node:assert/strict";
import { BLOCK_BYTES } from "../state/blocks.ts";
import {
  blocksOf,
  contentOf,
  factsOf,
  HOUR_MS,
  TASK_ID,
  type TempStore,
  tempStore,
} from "../test_support/temp_store.ts";
import { FileStore } from "./file_store.ts";
import { encodeHeader } from "./header.ts";
import { StoreError } from "./store_error.ts";

const OTHER_ID = "027e920a-1ccc-4b4b-872c-c4ad31e1a5a3";
const SIZE = 2 * BLOCK_BYTES;
const DAY_MS = 24 * HOUR_MS;

function exists(path: string): boolean {
  try {
    return Deno.lstatSync(path).isFile;
  } catch {
    return false;
  }
}

/** An upload that was cut off behind its first block. */
async function cutOff(temp: TempStore, taskId = TASK_ID): Promise<void> {
  const file = await temp.store.create(factsOf(SIZE, { taskId }));
  await file.append(blocksOf(contentOf(SIZE))[0]!);
  await file.suspend();
}

Deno.test("FileStore, reserves the whole size of an upload, and keeps what is left of it", async () => {
  await using temp = await tempStore({ maxBytes: 2 * (SIZE + 960) });
  const file = await temp.store.create(factsOf(SIZE));
  assert.equal(temp.store.usedBytes, SIZE + 960);
  assert.ok(temp.store.fits(SIZE));
  assert.ok(!temp.store.fits(SIZE + 1));
  await file.append(blocksOf(contentOf(SIZE))[0]!);
  await file.suspend();
  assert.equal(temp.store.usedBytes, BLOCK_BYTES + 960);
  const again = await temp.store.continue(TASK_ID);
  assert.equal(temp.store.usedBytes, SIZE + 960);
  await again!.append(blocksOf(contentOf(SIZE))[1]!);
  await again!.finish();
  assert.equal(temp.store.usedBytes, SIZE + 960);
});

Deno.test("FileStore, refuses what does not fit, begun or continued, and is as before", async () => {
  const full = (error: unknown): boolean =>
    error instanceof StoreError && error.refusal === "store_full";
  await using temp = await tempStore({ maxBytes: SIZE + 960 });
  await cutOff(temp);
  const other = await temp.store.create(factsOf(100, { taskId: OTHER_ID }));
  await assert.rejects(temp.store.create(factsOf(SIZE, { taskId: OTHER_ID })), full);
  await assert.rejects(temp.store.continue(TASK_ID), full);
  assert.equal(temp.store.usedBytes, BLOCK_BYTES + 960 + 100 + 960);
  await other.discard();
  await (await temp.store.continue(TASK_ID))!.discard();
  assert.equal(temp.store.usedBytes, 0);
});

Deno.test("FileStore.sweep(), counts at the start what there is", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(SIZE));
  await cutOff(temp, OTHER_ID);
  const again = await temp.reopened();
  assert.equal(again.usedBytes, temp.store.usedBytes);
  const { files, uploads, removedFiles, removedUploads } = await temp.sweep();
  assert.deepEqual([files, uploads, removedFiles, removedUploads], [1, 1, 0, 0]);
});

Deno.test("FileStore.sweep(), removes an upload that nobody continued", async () => {
  await using temp = await tempStore();
  await cutOff(temp);
  temp.clock.advance(HOUR_MS - 10_000);
  await temp.sweep();
  assert.ok(exists(temp.path(TASK_ID, ".part")));
  temp.clock.advance(20_000);
  const { removedUploads, removedBytes } = await temp.sweep();
  assert.deepEqual([removedUploads, removedBytes], [1, BLOCK_BYTES + 960]);
  assert.ok(!exists(temp.path(TASK_ID, ".part")) && !exists(temp.path(TASK_ID, ".sum")));
  assert.equal(temp.store.usedBytes, 0);
});

Deno.test("FileStore.sweep(), removes a file that nobody fetched, after a week (P-FILE8)", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(SIZE));
  temp.clock.advance(7 * DAY_MS - 10_000);
  await temp.sweep();
  assert.ok(exists(temp.path(TASK_ID)));
  temp.clock.advance(20_000);
  assert.equal((await temp.sweep()).removedFiles, 1);
  assert.ok(!exists(temp.path(TASK_ID)) && !exists(temp.path(TASK_ID, ".sum")));
});

Deno.test("FileStore.sweep(), keeps a file that nobody fetched, when there is no limit", async () => {
  await using temp = await tempStore({ retention: { fileMs: null } });
  await temp.put(contentOf(SIZE));
  temp.clock.advance(1000 * DAY_MS);
  await temp.sweep();
  assert.ok(exists(temp.path(TASK_ID)));
});

Deno.test("FileStore.sweep(), removes a file a day after its first download (P-FILE8)", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(SIZE));
  await temp.store.markDownloaded(TASK_ID);
  await temp.store.markDownloaded(TASK_ID);
  temp.clock.advance(DAY_MS - 10_000);
  await temp.sweep();
  assert.ok(exists(temp.path(TASK_ID)));
  temp.clock.advance(20_000);
  assert.equal((await temp.sweep()).removedFiles, 1);
  assert.deepEqual([...Deno.readDirSync(`${temp.dir}/92`)], []);
});

Deno.test("FileStore.sweep(), leaves alone what is in use", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(SIZE));
  const reading = await temp.store.read(TASK_ID);
  const writing = await temp.store.create(factsOf(SIZE, { taskId: OTHER_ID }));
  temp.clock.advance(30 * DAY_MS);
  await temp.sweep();
  assert.ok(exists(temp.path(TASK_ID)) && exists(temp.path(OTHER_ID, ".part")));
  reading!.close();
  await writing.suspend();
  await temp.sweep();
  assert.ok(!exists(temp.path(TASK_ID)) && !exists(temp.path(OTHER_ID, ".part")));
});

Deno.test("FileStore.sweep(), removes at the start what an original left incomplete", async () => {
  await using temp = await tempStore();
  await Deno.mkdir(`${temp.dir}/92`);
  await Deno.mkdir(`${temp.dir}/02`);
  const header = encodeHeader(factsOf(100), 1);
  await Deno.writeFile(temp.path(TASK_ID), new Uint8Array([...header, 1, 2, 3]));
  await Deno.writeFile(temp.path(OTHER_ID), header.subarray(0, 100));
  temp.clock.advance(HOUR_MS + 1000);
  await temp.sweep("later");
  assert.ok(exists(temp.path(TASK_ID)) && exists(temp.path(OTHER_ID)));
  assert.equal((await temp.sweep("start")).removedFiles, 2);
});

Deno.test("FileStore.sweep(), removes what a crash left beside nothing", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(SIZE));
  await temp.store.markDownloaded(TASK_ID);
  await Deno.remove(temp.path(TASK_ID));
  temp.clock.advance(HOUR_MS + 1000);
  await temp.sweep();
  assert.deepEqual([...Deno.readDirSync(`${temp.dir}/92`)], []);
});

Deno.test("FileStore.sweep(), leaves alone what is not of its form, and links", async () => {
  await using temp = await tempStore();
  const outside = `${temp.dir}/../outside`;
  await Deno.mkdir(`${temp.dir}/92`);
  await Deno.mkdir(outside);
  const strange = [
    `${temp.dir}/notes.txt`,
    `${temp.dir}/92/notes.txt`,
    `${temp.dir}/92/${OTHER_ID}`, // In another task's folder.
    `${temp.dir}/92/${TASK_ID}.bak`,
    `${outside}/${OTHER_ID}`,
  ];
  for (const path of strange) await Deno.writeTextFile(path, "");
  await Deno.symlink(outside, `${temp.dir}/02`);
  temp.clock.advance(1000 * DAY_MS);
  const { removedFiles, removedUploads, failed } = await temp.sweep("start");
  assert.deepEqual([removedFiles, removedUploads, failed], [0, 0, 0]);
  assert.ok(strange.every(exists));
});

Deno.test("FileStore.sweep(), goes on, when the files of one task cannot be removed", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(SIZE));
  await Deno.mkdir(`${temp.dir}/02/${OTHER_ID}/full`, { recursive: true });
  temp.clock.advance(30 * DAY_MS);
  const { removedFiles, failed } = await temp.sweep();
  assert.deepEqual([removedFiles, failed], [1, 1]);
});

Deno.test("FileStore.open(), refuses what is no folder", async () => {
  await using temp = await tempStore();
  await Deno.writeTextFile(`${temp.dir}/file`, "");
  await assert.rejects(
    FileStore.open({
      dir: `${temp.dir}/file`,
      clock: temp.clock,
      maxBytes: null,
      retention: { uploadMs: 1, fileMs: 1, downloadedMs: 1 },
    }),
    StoreError,
  );
});
