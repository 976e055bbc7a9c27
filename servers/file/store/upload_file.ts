/**
 * The file of an upload. Blocks are appended to the `.part` file and their sums collected; every
 * {@link CHECKPOINT_BLOCKS} blocks the data are put on disk, and then the sums. So whatever sums are
 * on disk stand for blocks that are too, and a file is continued behind the last of them, even
 * after a crash. A complete file gets its real name only when all of it is on disk: it is never
 * offered half (docs/spec/storage.md 10).
 *
 * Operations are done one after the other, so that a connection may be lost in the middle of one.
 */
import { blockLength, bytesOfBlocks } from "../state/blocks.ts";
import type { TaskFacts } from "../state/task.ts";
import { SUM_BYTES, sumOf } from "./checksums.ts";
import { createFile, removeFile, syncData, syncFolder, writeAll } from "./disk.ts";
import { encodeHeader, FILE_HEADER_BYTES } from "./header.ts";
import type { TaskPaths } from "./layout.ts";
import { StoreError } from "./store_error.ts";

/** 32 MiB: what is sent again at most after a crash, and what waits for the disk at a time. */
export const CHECKPOINT_BLOCKS = 1024;

export interface UploadParts {
  readonly facts: TaskFacts;
  readonly paths: TaskPaths;
  /** Both stand behind what is kept. */
  readonly part: Deno.FsFile;
  readonly sum: Deno.FsFile;
  readonly blocks: number;
  /** Called once, when both files are closed; with the bytes that are left on disk. */
  readonly onClosed: (leftBytes: number) => void;
}

export class UploadFile {
  readonly facts: TaskFacts;
  readonly #paths: TaskPaths;
  readonly #part: Deno.FsFile;
  readonly #sum: Deno.FsFile;
  readonly #onClosed: (leftBytes: number) => void;
  /** Sums of blocks that are written and may not be on disk. */
  readonly #pendingSums = new Uint8Array(CHECKPOINT_BLOCKS * SUM_BYTES);
  #pending = 0;
  #blocks: number;
  /** Something was written in part: nothing may be written behind it. */
  #isBroken = false;
  #isRenamed = false;
  #isClosed = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(parts: UploadParts) {
    this.facts = parts.facts;
    this.#paths = parts.paths;
    this.#part = parts.part;
    this.#sum = parts.sum;
    this.#blocks = parts.blocks;
    this.#onClosed = parts.onClosed;
  }

  /**
   * Begins a file: its header is written.
   * @throws {StoreError} nothing is left behind then
   */
  static async create(
    { facts, paths, createdSec, onClosed }:
      & Pick<UploadParts, "facts" | "paths" | "onClosed">
      & { readonly createdSec: number },
  ): Promise<UploadFile> {
    const part = await createFile(paths.part);
    let sum: Deno.FsFile | null = null;
    try {
      sum = await createFile(paths.sum);
      await writeAll(part, encodeHeader(facts, createdSec));
    } catch (error) {
      part.close();
      sum?.close();
      await removeFile(paths.part);
      if (sum !== null) await removeFile(paths.sum);
      throw error;
    }
    return new UploadFile({ facts, paths, part, sum, blocks: 0, onClosed });
  }

  /** Bytes of the file that are stored, the header not counted. */
  get offset(): number {
    return bytesOfBlocks(this.#blocks, this.facts.fileSize);
  }

  /**
   * Appends the next block, which has to be whole.
   * @throws {StoreError} `write_failed`: the file can only be suspended or discarded then
   */
  append(block: Uint8Array): Promise<void> {
    return this.#run(async () => {
      this.#assertOpen();
      if (block.length !== blockLength(this.offset, this.facts.fileSize)) {
        throw new StoreError("write_failed", "Cannot append what is no whole block");
      }
      await this.#write(this.#part, block);
      this.#pendingSums.set(sumOf(block), this.#pending * SUM_BYTES);
      this.#pending++;
      this.#blocks++;
      if (this.#pending === CHECKPOINT_BLOCKS) await this.#checkpoint();
    });
  }

  /** Puts the complete file on disk, under its real name. @throws {StoreError} `write_failed` */
  finish(): Promise<void> {
    return this.#run(async () => {
      this.#assertOpen();
      await this.#checkpoint();
      try {
        await Deno.rename(this.#paths.part, this.#paths.complete);
      } catch (error) {
        throw new StoreError("write_failed", "Cannot name a complete file", error);
      }
      this.#isRenamed = true;
      await syncFolder(this.#paths.folder);
      this.#close(FILE_HEADER_BYTES + this.facts.fileSize);
    });
  }

  /**
   * Keeps what is stored, to be continued later. Never fails: what could not be put on disk is sent
   * again then.
   */
  suspend(): Promise<void> {
    return this.#run(async () => {
      if (this.#isClosed) return;
      try {
        if (!this.#isBroken) await this.#checkpoint();
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
      this.#close(FILE_HEADER_BYTES + this.offset);
    });
  }

  /** Removes all of it. @throws {StoreError} `write_failed`: the sweep removes the rest */
  discard(): Promise<void> {
    return this.#run(async () => {
      if (this.#isClosed) return;
      this.#close(0);
      await removeFile(this.#isRenamed ? this.#paths.complete : this.#paths.part);
      await removeFile(this.#paths.sum);
    });
  }

  /** First the data, then the sums that vouch for them. */
  async #checkpoint(): Promise<void> {
    await syncData(this.#part);
    await this.#write(this.#sum, this.#pendingSums.subarray(0, this.#pending * SUM_BYTES));
    this.#pending = 0;
    await syncData(this.#sum);
  }

  async #write(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
    if (this.#isBroken) throw new StoreError("write_failed", "Cannot write behind a failed write");
    this.#isBroken = true;
    await writeAll(file, bytes);
    this.#isBroken = false;
  }

  #close(leftBytes: number): void {
    this.#isClosed = true;
    this.#part.close();
    this.#sum.close();
    this.#onClosed(leftBytes);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreError("write_failed", "Cannot write to a closed upload");
  }

  #run(operation: () => Promise<void>): Promise<void> {
    const running = this.#tail.then(operation);
    this.#tail = running.catch(() => {/* whoever asked for it is told */});
    return running;
  }
}
