/** Finds out how much of an upload that was cut off can be kept. */
import { BLOCK_BYTES, blockCount, blockLength, bytesOfBlocks } from "../state/blocks.ts";
import type { TaskFacts } from "../state/task.ts";
import { isSumOf, SUM_BYTES } from "./checksums.ts";
import { openFile, readAll, seekTo } from "./disk.ts";
import { decodeHeader, FILE_HEADER_BYTES } from "./header.ts";
import type { TaskPaths } from "./layout.ts";
import { StoreError } from "./store_error.ts";
import { CHECKPOINT_BLOCKS, type UploadParts } from "./upload_file.ts";

/** Both files, cut to what is kept, and with their positions at the end. */
export interface Continued extends Omit<UploadParts, "onClosed"> {
  /** Size of the `.part` file before it was cut. */
  readonly foundBytes: number;
}

/**
 * Opens the files of an upload; `null` when there are none.
 * @throws {StoreError} `bad_header`, `unreadable`, `write_failed`
 */
export async function continueUpload(taskId: string, paths: TaskPaths): Promise<Continued | null> {
  const part = await openFile(paths.part, { mode: "write" });
  if (part === null) return null;
  const sum = await openFile(paths.sum, { mode: "write" }).catch((error) => {
    part.file.close();
    throw error;
  });
  if (sum === null) {
    part.file.close();
    throw new StoreError("unreadable", "Cannot continue an upload without its sums");
  }
  try {
    const facts = await readFacts(part.file, taskId);
    const blocks = await trustedBlocks(facts, { part, sum });
    await cutAndSeek(part.file, FILE_HEADER_BYTES + bytesOfBlocks(blocks, facts.fileSize));
    await cutAndSeek(sum.file, blocks * SUM_BYTES);
    return { facts, paths, part: part.file, sum: sum.file, blocks, foundBytes: part.size };
  } catch (error) {
    part.file.close();
    sum.file.close();
    throw error;
  }
}

/** Reads the header of the task's own file. @throws {StoreError} `bad_header` */
export async function readFacts(file: Deno.FsFile, taskId: string): Promise<TaskFacts> {
  const header = new Uint8Array(FILE_HEADER_BYTES);
  try {
    await readAll(file, header);
  } catch (error) {
    throw new StoreError("bad_header", "Cannot read the header of a stored file", error);
  }
  const facts = decodeHeader(header);
  if (facts?.taskId !== taskId) {
    throw new StoreError("bad_header", "Cannot use the header of a stored file");
  }
  return facts;
}

interface Sized {
  readonly file: Deno.FsFile;
  readonly size: number;
}

/**
 * How many blocks can be trusted. Sums are written after the data they stand for are on disk, but a
 * machine that lost its power may have kept the length of the last piece of sums without its
 * content. So that piece is compared, and it ends before the first block that differs.
 */
async function trustedBlocks(
  { fileSize }: TaskFacts,
  { part, sum }: { readonly part: Sized; readonly sum: Sized },
): Promise<number> {
  const dataBytes = part.size - FILE_HEADER_BYTES;
  const whole = dataBytes >= fileSize ? blockCount(fileSize) : Math.floor(dataBytes / BLOCK_BYTES);
  const blocks = Math.min(whole, Math.floor(sum.size / SUM_BYTES));
  const first = Math.max(0, blocks - CHECKPOINT_BLOCKS);
  await seekTo(part.file, FILE_HEADER_BYTES + bytesOfBlocks(first, fileSize));
  await seekTo(sum.file, first * SUM_BYTES);
  const sums = new Uint8Array((blocks - first) * SUM_BYTES);
  await readAll(sum.file, sums);
  for (let block = first; block < blocks; block++) {
    const data = new Uint8Array(blockLength(bytesOfBlocks(block, fileSize), fileSize));
    await readAll(part.file, data);
    const at = (block - first) * SUM_BYTES;
    if (!isSumOf(sums.subarray(at, at + SUM_BYTES), data)) return block;
  }
  return blocks;
}

async function cutAndSeek(file: Deno.FsFile, length: number): Promise<void> {
  try {
    await file.truncate(length);
  } catch (error) {
    throw new StoreError("write_failed", "Cannot cut a file of the store", error);
  }
  await seekTo(file, length);
}
