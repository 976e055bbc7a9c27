/**
 * File operations of the store. All of them run beside the network loop: `Deno.FsFile` does its work
 * in other threads, where the writes of `node:fs` in Deno 2.9.6 were measured to stop the loop.
 *
 * No symbolic link is followed below the store's folder. A new file is made with `createNew`, which
 * takes no name that exists; an existing one has to be the very file that its name means.
 */
import { StoreError } from "./store_error.ts";

const FILE_MODE = 0o600;
const FOLDER_MODE = 0o700;

/** Makes a folder in `parent` unless it is there. @throws {StoreError} `no_folder` */
export async function makeFolder(parent: string, path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { mode: FOLDER_MODE });
    await syncFolder(parent);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw new StoreError("no_folder", "Cannot make a folder of the store", error);
    }
  }
  if (!await isFolder(path)) throw new StoreError("no_folder", "Cannot use what is no folder");
}

/** Whether the name is a folder's own, and no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await lstatOrNull(path))?.isDirectory === true;
}

/** @throws {StoreError} `no_file`, also when the name is taken */
export async function createFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, createNew: true, mode: FILE_MODE });
  } catch (error) {
    throw new StoreError("no_file", "Cannot make a file of the store", error);
  }
}

export interface OpenedFile {
  readonly file: Deno.FsFile;
  readonly size: number;
}

/**
 * Opens a file of the store; `null` when there is none.
 * @throws {StoreError} `no_file` for what is no plain file, or cannot be opened
 */
export async function openFile(
  path: string,
  { mode }: { readonly mode: "read" | "write" },
): Promise<OpenedFile | null> {
  const named = await lstatOrNull(path);
  if (named === null) return null;
  if (!named.isFile) throw new StoreError("no_file", "Cannot open what is no plain file");
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true, write: mode === "write" });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new StoreError("no_file", "Cannot open a file of the store", error);
  }
  try {
    const opened = await file.stat();
    // A link that took the name's place between the two calls.
    if (opened.dev !== named.dev || opened.ino !== named.ino) {
      throw new StoreError("no_file", "Cannot open a file whose name changes");
    }
    return { file, size: opened.size };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What a name stands for, links not followed; `null` when there is no such name. */
export async function lstatOrNull(path: string): Promise<Deno.FileInfo | null> {
  try {
    return await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw new StoreError("no_file", "Cannot look up a file of the store", error);
  }
}

/** Writes all bytes at the file's position. @throws {StoreError} `write_failed` */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  try {
    for (let written = 0; written < bytes.length;) {
      written += await file.write(bytes.subarray(written));
    }
  } catch (error) {
    throw new StoreError("write_failed", "Cannot write to the store", error);
  }
}

/** Moves the file's position. @throws {StoreError} `unreadable` */
export async function seekTo(file: Deno.FsFile, offset: number): Promise<void> {
  try {
    await file.seek(offset, Deno.SeekMode.Start);
  } catch (error) {
    throw new StoreError("unreadable", "Cannot find a place in a file of the store", error);
  }
}

/** Fills `into` from the file's position. @throws {StoreError} `unreadable` */
export async function readAll(file: Deno.FsFile, into: Uint8Array): Promise<void> {
  try {
    for (let filled = 0; filled < into.length;) {
      const count = await file.read(into.subarray(filled));
      if (count === null) throw new Error("the file is too short");
      filled += count;
    }
  } catch (error) {
    throw new StoreError("unreadable", "Cannot read from the store", error);
  }
}

/** Puts on disk what was written. @throws {StoreError} `write_failed` */
export async function syncData(file: Deno.FsFile): Promise<void> {
  try {
    await file.syncData();
  } catch (error) {
    throw new StoreError("write_failed", "Cannot put a file on disk", error);
  }
}

/** Puts on disk what names a folder holds. @throws {StoreError} `write_failed` */
export async function syncFolder(path: string): Promise<void> {
  try {
    using folder = await Deno.open(path, { read: true });
    await folder.sync();
  } catch (error) {
    throw new StoreError("write_failed", "Cannot put a folder of the store on disk", error);
  }
}

/** Removes a file; one that is not there is no error. @throws {StoreError} `write_failed` */
export async function removeFile(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw new StoreError("write_failed", "Cannot remove a file of the store", error);
  }
}
