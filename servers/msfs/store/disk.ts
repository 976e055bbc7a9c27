/**
 * Files in the original's layout: `BaseDir/<d1>/<d2>/<name>` (docs/spec/storage.md 9). A directory
 * holds `FilesPerDir` files and is made when its turn comes, so ten million files are 334
 * directories. A file appears by a rename, after its bytes are on the disk: whoever opens it finds
 * all of it, also after a loss of power.
 */
import { dirname, join } from "node:path";
import { HEAD_BYTES, mediaTypeOf } from "../media_type.ts";
import { directoryAt } from "../state/file_counter.ts";
import type { Spool, SpoolFile } from "./spool.ts";
import {
  type ByteSource,
  type FileStore,
  type NewFile,
  type OpenFile,
  StoreError,
} from "./types.ts";

/** Largest piece that is read at a time. */
const READ_BYTES = 64 * 1024;

export class DiskStore implements FileStore {
  /** Without links in it, so that a path below it can be told by its begin. */
  readonly #root: string;
  readonly #spool: Spool;
  /** The directory that the last file went into: it exists. */
  #madeDirectory = "";

  private constructor(root: string, spool: Spool) {
    this.#root = root;
    this.#spool = spool;
  }

  /** @param baseDir exists, with the spool in it. @throws {StoreError} */
  static async open(baseDir: string, spool: Spool): Promise<DiskStore> {
    try {
      return new DiskStore(await Deno.realPath(baseDir), spool);
    } catch (cause) {
      throw new StoreError(`use ${baseDir}`, cause);
    }
  }

  /**
   * Derived from the directories, which are filled in order, so no counter has to be written: as
   * many full directories as lie before the last one in use, and what is in that one.
   */
  async countFiles(from: number, filesPerDir: number): Promise<number> {
    let index = Math.floor(from / filesPerDir);
    while (await this.#filesIn(index + 1, 1) > 0) index++;
    return Math.max(from, index * filesPerDir + await this.#filesIn(index, filesPerDir));
  }

  async create(): Promise<NewFile> {
    return new NewDiskFile(await this.#spool.create(), (file, path) => this.#place(file, path));
  }

  async open(path: string): Promise<OpenFile | null> {
    try {
      const real = await Deno.realPath(join(this.#root, path));
      // A link below the root is followed as long as it stays there.
      if (!real.startsWith(`${this.#root}/`)) return null;
      const { isFile, size, mtime } = await Deno.stat(real);
      if (!isFile) return null;
      return await openDiskFile(real, { size, modifiedMs: mtime?.getTime() ?? 0 });
    } catch (cause) {
      if (isMissing(cause)) return null;
      throw new StoreError("open a file", cause);
    }
  }

  freeBytes(): Promise<number> {
    return this.#spool.freeBytes();
  }

  async #place(file: SpoolFile, path: string): Promise<void> {
    const target = join(this.#root, path);
    const directory = dirname(target);
    try {
      if (directory !== this.#madeDirectory) {
        await Deno.mkdir(directory, { recursive: true });
        // The names of new directories have to last too.
        await syncDirectory(dirname(directory));
        await syncDirectory(this.#root);
        this.#madeDirectory = directory;
      }
      await Deno.rename(file.path, target);
      await syncDirectory(directory);
    } catch (cause) {
      this.#madeDirectory = ""; // Somebody may have removed it; the next file makes it again.
      throw new StoreError("place a file", cause);
    }
  }

  /** Entries of the directory filled as number `index`, counted up to `most`. */
  async #filesIn(index: number, most: number): Promise<number> {
    let count = 0;
    try {
      for await (const _ of Deno.readDir(join(this.#root, directoryAt(index)))) {
        if (++count >= most) break;
      }
    } catch (cause) {
      if (!isMissing(cause)) throw new StoreError("count the files", cause);
    }
    return count;
  }
}

class NewDiskFile implements NewFile {
  readonly #file: SpoolFile;
  readonly #place: (file: SpoolFile, path: string) => Promise<void>;
  #isDone = false;

  constructor(file: SpoolFile, place: (file: SpoolFile, path: string) => Promise<void>) {
    this.#file = file;
    this.#place = place;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#file.write(bytes);
  }

  async commit(path: string): Promise<void> {
    if (this.#isDone) return;
    try {
      await this.#file.sync();
      await this.#place(this.#file, path);
    } catch (error) {
      await this.discard();
      throw error;
    }
    this.#isDone = true;
    this.#file.close();
  }

  async discard(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#file.remove();
  }
}

async function openDiskFile(
  path: string,
  { size, modifiedMs }: { readonly size: number; readonly modifiedMs: number },
): Promise<OpenFile> {
  const file = await Deno.open(path);
  try {
    const head = new Uint8Array(HEAD_BYTES);
    const length = await file.read(head) ?? 0;
    return {
      size,
      modifiedMs,
      // Files never change; a copy from a backup may get another time and so another tag.
      etag: `"${size.toString(16)}-${modifiedMs.toString(16)}"`,
      mediaType: mediaTypeOf(head.subarray(0, length), path),
      read: (start, count) => new DiskSource(file, start, count),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

class DiskSource implements ByteSource {
  readonly #file: Deno.FsFile;
  #seekTo: number | null;
  #left: number;

  constructor(file: Deno.FsFile, start: number, count: number) {
    this.#file = file;
    this.#seekTo = start;
    this.#left = count;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#left === 0) return null;
    try {
      if (this.#seekTo !== null) await this.#file.seek(this.#seekTo, Deno.SeekMode.Start);
      this.#seekTo = null;
      const piece = new Uint8Array(Math.min(READ_BYTES, this.#left));
      const length = await this.#file.read(piece);
      if (length === null) throw new Error("it is shorter than it was");
      this.#left -= length;
      return piece.subarray(0, length);
    } catch (cause) {
      throw new StoreError("read a file", cause);
    }
  }

  close(): void {
    this.#file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(path);
  await directory.sync();
}

/** Also a path through something that is no directory, a name too long, and links in a circle. */
function isMissing(error: unknown): boolean {
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return true;
  }
  const code = (error as { code?: unknown }).code;
  return code === "ENAMETOOLONG" || code === "ELOOP" || code === "ENOTDIR";
}
