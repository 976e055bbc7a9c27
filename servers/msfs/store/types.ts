/**
 * Where files are kept. Two places implement it: a directory in the layout of the original
 * (`disk.ts`) and a bucket of an S3-compatible service (`s3.ts`). A path is one that
 * `names/file_path.ts` has checked, or `<directory>/<stored name>`; it is never taken from a client
 * as it stands.
 */

export interface FileStore {
  /**
   * How many files there are as far as their spread over directories is concerned: at least `from`,
   * and so that the next one goes into the last directory in use, or the one behind it.
   */
  countFiles(from: number, filesPerDir: number): Promise<number>;
  /** Begins a file, which nobody sees until it is committed. @throws {StoreError} */
  create(): Promise<NewFile>;
  /** Null when there is no such file. @throws {StoreError} */
  open(path: string): Promise<OpenFile | null>;
  /** Bytes that can still be taken in. @throws {StoreError} */
  freeBytes(): Promise<number>;
}

/** To be ended with {@link commit} or {@link discard}; both are no-ops once one was called. */
export interface NewFile {
  /** Appends. @throws {StoreError} */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Makes what was written durable, then visible as a whole under `path`, which is not in use.
   * @throws {StoreError} when it is not known to be visible; nothing is left where it was collected
   */
  commit(path: string): Promise<void>;
  discard(): Promise<void>;
}

export interface OpenFile {
  readonly size: number;
  readonly modifiedMs: number;
  /** A strong entity tag with its quotes. */
  readonly etag: string;
  readonly mediaType: string;
  /** Reads `length` bytes from `start`, both within the file. */
  read(start: number, length: number): ByteSource;
  close(): void;
}

/** What a body is read from, piece by piece. */
export interface ByteSource {
  /** The next piece, or null at the end. @throws {StoreError} */
  next(): Promise<Uint8Array | null>;
  close(): void;
}

/** The place where files are kept could not do it: full, gone, not allowed. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  /** Nothing else is wrong: there is no room. */
  readonly isFull: boolean;

  constructor(what: string, cause: unknown) {
    super(`Cannot ${what}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    const code = (cause as { code?: unknown } | null)?.code;
    this.isFull = code === "ENOSPC" || code === "EDQUOT";
  }
}
