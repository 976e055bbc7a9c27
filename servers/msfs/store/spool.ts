/**
 * Where uploads are collected until they are whole. Each is one file in a directory of its own,
 * locked as long as its process works on it. A process that was killed leaves files without a lock;
 * they are swept at the next start, and those of a second process at work are not.
 */
import { statfs } from "node:fs/promises";
import { join } from "node:path";
import type { Random } from "../../../shared/random.ts";
import { StoreError } from "./types.ts";

/** Below `BaseDir`; no URL names anything that begins with a dot. */
export const SPOOL_DIRECTORY = ".uploads";

export class Spool {
  readonly #directory: string;
  readonly #random: Random;

  private constructor(directory: string, random: Random) {
    this.#directory = directory;
    this.#random = random;
  }

  /**
   * Makes the directory below `baseDir` when it is missing, and removes what killed processes left.
   * @throws {StoreError}
   */
  static async open(baseDir: string, random: Random): Promise<{ spool: Spool; swept: number }> {
    const directory = join(baseDir, SPOOL_DIRECTORY);
    try {
      await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
      return { spool: new Spool(directory, random), swept: await sweep(directory) };
    } catch (cause) {
      throw new StoreError(`use ${directory}`, cause);
    }
  }

  async create(): Promise<SpoolFile> {
    const path = join(this.#directory, `${this.#random.bytes(16).toHex()}.part`);
    let file: SpoolFile | null = null;
    try {
      const opened = await Deno.open(path, { write: true, read: true, createNew: true });
      file = new SpoolFile(path, opened);
      await opened.lock(true);
      return file;
    } catch (cause) {
      await file?.remove();
      throw new StoreError("begin a file", cause);
    }
  }

  /** Bytes that can still be written. */
  async freeBytes(): Promise<number> {
    try {
      const { bavail, bsize } = await statfs(this.#directory);
      return bavail * bsize;
    } catch (cause) {
      throw new StoreError("ask for free space", cause);
    }
  }
}

export class SpoolFile {
  readonly path: string;
  readonly #file: Deno.FsFile;
  #bytes = 0;

  constructor(path: string, file: Deno.FsFile) {
    this.path = path;
    this.#file = file;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let done = 0; done < bytes.length;) {
        done += await this.#file.write(bytes.subarray(done));
      }
    } catch (cause) {
      throw new StoreError("write a file", cause);
    }
    this.#bytes += bytes.length;
  }

  /** What was written is on the disk when this returns. */
  async sync(): Promise<void> {
    try {
      await this.#file.sync();
    } catch (cause) {
      throw new StoreError("write a file", cause);
    }
  }

  /** What was written, from its begin. Nothing can be written any more. */
  async rewind(): Promise<ReadableStream<Uint8Array>> {
    await this.#file.seek(0, Deno.SeekMode.Start);
    return this.#file.readable;
  }

  /** Lets go of the file where it is, for it has been moved away. */
  close(): void {
    try {
      this.#file.close();
    } catch (error) {
      // A stream that was read to its end has closed it.
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async remove(): Promise<void> {
    this.close();
    try {
      await Deno.remove(this.path);
    } catch (error) {
      // The next start sweeps it; whoever uploaded has been answered by what led here.
      if (!(error instanceof Deno.errors.NotFound)) throw new StoreError("remove a file", error);
    }
  }
}

/** Removes files that no process has locked. Returns how many there were. */
async function sweep(directory: string): Promise<number> {
  let swept = 0;
  for await (const { name, isFile } of Deno.readDir(directory)) {
    if (!isFile) continue;
    if (await sweepFile(join(directory, name))) swept++;
  }
  return swept;
}

async function sweepFile(path: string): Promise<boolean> {
  try {
    using file = await Deno.open(path, { write: true });
    if (!await file.tryLock(true)) return false;
    await Deno.remove(path);
    return true;
  } catch (error) {
    // Another process that starts sweeps too, and was faster.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
