/** Reading complete files: whole, damaged, incomplete, of an original. */
import assert from "node:assert/strict";
import { BLOCK_BYTES } from "../state/blocks.ts";
import {
  blocksOf,
  contentOf,
  factsOf,
  readBlock,
  TASK_ID,
  tempStore,
} from "../test_support/temp_store.ts";
import { encodeHeader, FILE_HEADER_BYTES } from "./header.ts";
import { StoreError } from "./store_error.ts";

const CONTENT = contentOf(200 * BLOCK_BYTES + 100);

function refusal(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof StoreError && error.refusal === expected;
}

/** Changes bytes of a file in place. */
async function patch(path: string, offset: number, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { write: true });
  await file.seek(offset, Deno.SeekMode.Start);
  await file.write(bytes);
}

Deno.test("StoredFile, gives out each block, in order and from any place on", async () => {
  await using temp = await tempStore();
  await temp.put(CONTENT);
  const file = await temp.store.read(TASK_ID);
  assert.ok(file?.hasSums);
  assert.deepEqual(file.facts, factsOf(CONTENT.length));
  const blocks = blocksOf(CONTENT);
  // 128 sums are read at a time: across their border, back, to the end.
  for (const at of [0, 1, 126, 127, 128, 129, 5, 200, 199, 130]) {
    const block = await readBlock(file, at * BLOCK_BYTES);
    assert.ok(block.toHex() === blocks[at]!.toHex(), `block ${at}`);
  }
  file.close();
  file.close();
});

Deno.test("StoredFile, refuses a damaged block, and gives out the others", async () => {
  await using temp = await tempStore();
  await temp.put(CONTENT);
  await patch(temp.path(TASK_ID), FILE_HEADER_BYTES + BLOCK_BYTES + 5, Uint8Array.of(0xee));
  const file = await temp.store.read(TASK_ID);
  await readBlock(file!, 0);
  await assert.rejects(readBlock(file!, BLOCK_BYTES), refusal("unreadable"));
  await readBlock(file!, 2 * BLOCK_BYTES);
  file!.close();
});

Deno.test("FileStore.read(), does not know what is not complete", async () => {
  await using temp = await tempStore();
  assert.equal(await temp.store.read(TASK_ID), null);
  const upload = await temp.store.create(factsOf(CONTENT.length));
  assert.equal(await temp.store.read(TASK_ID), null);
  await upload.append(blocksOf(CONTENT)[0]!);
  await upload.suspend();
  assert.equal(await temp.store.read(TASK_ID), null);
});

Deno.test("FileStore.read(), gives out the file of an original, which has no sums", async () => {
  await using temp = await tempStore();
  await Deno.mkdir(`${temp.dir}/92`);
  const content = contentOf(BLOCK_BYTES + 5);
  const header = encodeHeader(factsOf(content.length, { fileName: "" }), 1);
  await Deno.writeFile(temp.path(TASK_ID), new Uint8Array([...header, ...content]));
  const file = await temp.store.read(TASK_ID);
  assert.equal(file?.hasSums, false);
  assert.deepEqual(await readBlock(file!, BLOCK_BYTES), content.slice(BLOCK_BYTES));
  file!.close();
});

Deno.test("FileStore.read(), refuses a file that is shorter or longer than its header says", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(100));
  const whole = await Deno.readFile(temp.path(TASK_ID));
  for (const bytes of [whole.subarray(0, whole.length - 1), new Uint8Array([...whole, 0])]) {
    await Deno.writeFile(temp.path(TASK_ID), bytes);
    await assert.rejects(temp.store.read(TASK_ID), refusal("bad_header"));
  }
});

Deno.test("FileStore.read(), refuses sums that do not belong to the file", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(100));
  await Deno.writeFile(temp.path(TASK_ID, ".sum"), new Uint8Array(31));
  await assert.rejects(temp.store.read(TASK_ID), refusal("unreadable"));
});

Deno.test("FileStore.read(), follows no link", async () => {
  await using temp = await tempStore();
  await temp.put(contentOf(100));
  const elsewhere = `${temp.dir}/../elsewhere`;
  await Deno.rename(temp.path(TASK_ID), elsewhere);
  await Deno.symlink(elsewhere, temp.path(TASK_ID));
  await assert.rejects(temp.store.read(TASK_ID), refusal("no_file"));
  await Deno.remove(temp.path(TASK_ID));
  await Deno.rename(elsewhere, temp.path(TASK_ID));
  await Deno.rename(`${temp.dir}/92`, `${temp.dir}/../folder`);
  await Deno.symlink(`${temp.dir}/../folder`, `${temp.dir}/92`);
  assert.equal(await temp.store.read(TASK_ID), null);
});

Deno.test("FileStore.read(), refuses what is no plain file", async () => {
  await using temp = await tempStore();
  await Deno.mkdir(temp.path(TASK_ID), { recursive: true });
  await assert.rejects(temp.store.read(TASK_ID), refusal("no_file"));
});
