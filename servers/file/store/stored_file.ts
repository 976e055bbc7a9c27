/**
 * A complete file that is read. Each block is compared with its sum before a byte of it is given
 * out: what a disk has damaged is refused, never delivered. A file of an original file_server has no
 * sums and is given out as it is.
 */
import { BLOCK_BYTES } from "../state/blocks.ts";
import type { TaskFacts } from "../state/task.ts";
import { isSumOf, SUM_BYTES, sumFileBytes } from "./checksums.ts";
import { readFacts } from "./continue_upload.ts";
import { openFile, readAll, seekTo } from "./disk.ts";
import { FILE_HEADER_BYTES } from "./header.ts";
import type { TaskPaths } from "./layout.ts";
import { StoreError } from "./store_error.ts";

/** Sums read at a time: 4 KiB for 4 MiB of the file. */
const SUMS_PER_READ = 128;

export class StoredFile {
  readonly facts: TaskFacts;
  readonly #file: Deno.FsFile;
  readonly #sum: Deno.FsFile | null;
  readonly #onClosed: () => void;
  /** The block at the position of each of the two files. */
  #nextBlock = 0;
  #nextSum = 0;
  /** The sums of the blocks from `#firstSum` on. */
  #sums = new Uint8Array(0);
  #firstSum = 0;
  #isClosed = false;

  private constructor(
    facts: TaskFacts,
    parts: {
      readonly file: Deno.FsFile;
      readonly sum: Deno.FsFile | null;
      readonly onClosed: () => void;
    },
  ) {
    this.facts = facts;
    this.#file = parts.file;
    this.#sum = parts.sum;
    this.#onClosed = parts.onClosed;
  }

  /**
   * Opens a complete file; `null` when there is none. `onClosed` is called when it is closed.
   * @throws {StoreError} `bad_header` also for one that is shorter or longer than its header says
   */
  static async open(
    taskId: string,
    paths: TaskPaths,
    onClosed: () => void,
  ): Promise<StoredFile | null> {
    const opened = await openFile(paths.complete, { mode: "read" });
    if (opened === null) return null;
    const { file, size } = opened;
    try {
      const facts = await readFacts(file, taskId);
      if (size !== FILE_HEADER_BYTES + facts.fileSize) {
        throw new StoreError("bad_header", "Cannot give out a file that is not complete");
      }
      const sum = await openFile(paths.sum, { mode: "read" });
      if (sum !== null && sum.size !== sumFileBytes(facts.fileSize)) {
        sum.file.close();
        throw new StoreError("unreadable", "Cannot give out a file whose sums are not complete");
      }
      return new StoredFile(facts, { file, sum: sum?.file ?? null, onClosed });
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Whether the blocks are compared with sums. */
  get hasSums(): boolean {
    return this.#sum !== null;
  }

  /**
   * Reads the block that begins at `offset` into `data`, which is as long as the block.
   * @throws {StoreError} `unreadable`
   */
  async read(offset: number, data: Uint8Array): Promise<void> {
    const block = offset / BLOCK_BYTES;
    if (block !== this.#nextBlock) {
      await seekTo(this.#file, FILE_HEADER_BYTES + offset);
    }
    this.#nextBlock = -1; // Not known until all of it was read.
    await readAll(this.#file, data);
    this.#nextBlock = block + 1;
    if (this.#sum !== null && !isSumOf(await this.#sumOf(block, this.#sum), data)) {
      throw new StoreError("unreadable", "Cannot give out a block that is damaged");
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#file.close();
    this.#sum?.close();
    this.#onClosed();
  }

  async #sumOf(block: number, sum: Deno.FsFile): Promise<Uint8Array> {
    let at = (block - this.#firstSum) * SUM_BYTES;
    if (at < 0 || at >= this.#sums.length) {
      const total = sumFileBytes(this.facts.fileSize) / SUM_BYTES;
      const count = Math.min(SUMS_PER_READ, total - block);
      if (block !== this.#nextSum) await seekTo(sum, block * SUM_BYTES);
      this.#sums = new Uint8Array(count * SUM_BYTES);
      await readAll(sum, this.#sums);
      this.#firstSum = block;
      this.#nextSum = block + count;
      at = 0;
    }
    return this.#sums.subarray(at, at + SUM_BYTES);
  }
}
