/** Uploads on disk: what is written when, and what is left when they are cut off. */
import assert from "node:assert/strict";
import { BLOCK_BYTES } from "../state/blocks.ts";
import {
  blocksOf,
  contentOf,
  factsOf,
  readBlock,
  TASK_ID,
  type TempStore,
  tempStore,
} from "../test_support/temp_store.ts";
import { sumOf } from "./checksums.ts";
import { FILE_HEADER_BYTES } from "./header.ts";
import { StoreError } from "./store_error.ts";

const CONTENT = contentOf(3 * BLOCK_BYTES + 100);

function namesIn(dir: string): string[] {
  return Array.from(Deno.readDirSync(dir), ({ name }) => name).sort();
}

/** Appends the first blocks of CONTENT to a new upload. */
async function begun(temp: TempStore, blocks: number) {
  const file = await temp.store.create(factsOf(CONTENT.length));
  for (const block of blocksOf(CONTENT).slice(0, blocks)) await file.append(block);
  return file;
}

Deno.test("UploadFile, is a .part file until it is complete, then header and bytes under its id", async () => {
  await using temp = await tempStore();
  const file = await begun(temp, 4);
  assert.deepEqual(namesIn(`${temp.dir}/92`), [`${TASK_ID}.part`, `${TASK_ID}.sum`]);
  await file.finish();
  assert.deepEqual(namesIn(`${temp.dir}/92`), [TASK_ID, `${TASK_ID}.sum`]);
  const stored = await Deno.readFile(temp.path(TASK_ID));
  assert.equal(stored.length, FILE_HEADER_BYTES + CONTENT.length);
  assert.deepEqual(stored.subarray(FILE_HEADER_BYTES), CONTENT);
  const sums = await Deno.readFile(temp.path(TASK_ID, ".sum"));
  assert.equal(sums.toHex(), blocksOf(CONTENT).map((block) => sumOf(block).toHex()).join(""));
});

Deno.test("UploadFile, is readable by its owner only, and so are its folders", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 4)).finish();
  const modes = [temp.dir, `${temp.dir}/92`, temp.path(TASK_ID), temp.path(TASK_ID, ".sum")]
    .map((path) => (Deno.lstatSync(path).mode! & 0o777).toString(8));
  assert.deepEqual(modes, ["700", "700", "600", "600"]);
});

Deno.test("UploadFile.suspend(), keeps whole blocks, and a restart goes on behind them", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 2)).suspend();
  const store = await temp.reopened();
  const file = await store.continue(TASK_ID);
  assert.ok(file);
  assert.equal(file.offset, 2 * BLOCK_BYTES);
  assert.deepEqual(file.facts, factsOf(CONTENT.length));
  for (const block of blocksOf(CONTENT).slice(2)) await file.append(block);
  await file.finish();
  const stored = await Deno.readFile(temp.path(TASK_ID));
  assert.deepEqual(stored.subarray(FILE_HEADER_BYTES), CONTENT);
  assert.equal(await store.continue(TASK_ID), null);
});

Deno.test("FileStore.continue(), cuts what is not vouched for: half a block, or no sums for it", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 2)).suspend();
  // A process that was killed: one more block and a half, of which no sum was written.
  const part = await Deno.open(temp.path(TASK_ID, ".part"), { append: true });
  await part.write(new Uint8Array(BLOCK_BYTES + BLOCK_BYTES / 2));
  part.close();
  const file = await temp.store.continue(TASK_ID);
  assert.equal(file?.offset, 2 * BLOCK_BYTES);
  const { size } = await Deno.stat(temp.path(TASK_ID, ".part"));
  assert.equal(size, FILE_HEADER_BYTES + 2 * BLOCK_BYTES);
  await file!.suspend();
});

Deno.test("FileStore.continue(), goes back to the first block that differs from its sum", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 3)).suspend();
  const part = await Deno.open(temp.path(TASK_ID, ".part"), { write: true });
  await part.seek(FILE_HEADER_BYTES + BLOCK_BYTES + 17, Deno.SeekMode.Start);
  await part.write(Uint8Array.of(1, 2, 3));
  part.close();
  const file = await temp.store.continue(TASK_ID);
  assert.equal(file?.offset, BLOCK_BYTES);
  for (const block of blocksOf(CONTENT).slice(1)) await file!.append(block);
  await file!.finish();
  const stored = await temp.store.read(TASK_ID);
  for (const [at, block] of blocksOf(CONTENT).entries()) {
    assert.deepEqual(await readBlock(stored!, at * BLOCK_BYTES), new Uint8Array(block));
  }
  stored!.close();
});

Deno.test("FileStore.continue(), finishes an upload that was complete but for its name", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 4)).suspend();
  const file = await temp.store.continue(TASK_ID);
  assert.equal(file?.offset, CONTENT.length);
  await file!.finish();
  (await temp.store.read(TASK_ID))!.close();
});

Deno.test("FileStore.continue(), refuses a header that is cut off or another task's", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 0)).suspend();
  const part = temp.path(TASK_ID, ".part");
  const whole = await Deno.readFile(part);
  for (const header of [whole.subarray(0, 500), whole.map((byte, at) => at === 3 ? 48 : byte)]) {
    await Deno.writeFile(part, header);
    await assert.rejects(
      temp.store.continue(TASK_ID),
      (error) => error instanceof StoreError && error.refusal === "bad_header",
    );
  }
});

Deno.test("UploadFile.discard(), leaves nothing", async () => {
  await using temp = await tempStore();
  await (await begun(temp, 2)).discard();
  assert.deepEqual(namesIn(`${temp.dir}/92`), []);
  assert.equal(temp.store.usedBytes, 0);
});

Deno.test("UploadFile, does one thing after the other, whatever it is asked at once", async () => {
  await using temp = await tempStore();
  const file = await temp.store.create(factsOf(CONTENT.length));
  const appended = blocksOf(CONTENT).map((block) => file.append(block));
  const finished = file.finish();
  const suspended = file.suspend();
  await Promise.all([...appended, finished, suspended]);
  assert.deepEqual(namesIn(`${temp.dir}/92`), [TASK_ID, `${TASK_ID}.sum`]);
  await assert.rejects(file.append(CONTENT.subarray(0, 1)), StoreError);
});

Deno.test("UploadFile.append(), refuses what is no whole block", async () => {
  await using temp = await tempStore();
  const file = await begun(temp, 0);
  await assert.rejects(file.append(new Uint8Array(100)), StoreError);
  await assert.rejects(file.append(new Uint8Array(BLOCK_BYTES + 1)), StoreError);
  assert.equal(file.offset, 0);
  await file.discard();
});

Deno.test("FileStore.create(), follows no link, and leaves nothing where it fails", async () => {
  await using temp = await tempStore();
  await Deno.mkdir(`${temp.dir}/92`);
  const outside = `${temp.dir}/../outside`;
  for (const kind of [".part", ".sum"] as const) {
    await Deno.symlink(outside, temp.path(TASK_ID, kind));
    await assert.rejects(
      temp.store.create(factsOf(5)),
      (error) => error instanceof StoreError && error.refusal === "no_file",
    );
    await Deno.remove(temp.path(TASK_ID, kind));
    assert.deepEqual(namesIn(`${temp.dir}/92`), []);
  }
  await Deno.remove(`${temp.dir}/92`);
  await Deno.mkdir(outside);
  await Deno.symlink(outside, `${temp.dir}/92`);
  await assert.rejects(
    temp.store.create(factsOf(5)),
    (error) => error instanceof StoreError && error.refusal === "no_folder",
  );
  assert.deepEqual(namesIn(outside), []);
  assert.equal(temp.store.usedBytes, 0);
});
