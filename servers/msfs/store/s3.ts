/**
 * Files in a bucket of an S3-compatible service, under the same paths as on disk, so that copying
 * `BaseDir` into the bucket moves a store there. An upload is collected on disk first: S3 wants to
 * know its length and its hash before it comes. An object appears whole or not at all.
 */
import { createHash } from "node:crypto";
import type { Clock } from "../../../shared/clock.ts";
import { HEAD_BYTES, isShown, mediaTypeOf, UNKNOWN_TYPE } from "../media_type.ts";
import type { S3Requests } from "./s3_requests.ts";
import type { Spool, SpoolFile } from "./spool.ts";
import {
  type ByteSource,
  type FileStore,
  type NewFile,
  type OpenFile,
  StoreError,
} from "./types.ts";

/** How long the next piece of an object may take, in milliseconds. */
const PIECE_LIMIT_MS = 30_000;

export interface S3StoreOptions {
  readonly requests: S3Requests;
  /** In front of each path: empty, or ending in `/`. */
  readonly prefix: string;
  readonly spool: Spool;
  readonly clock: Clock;
}

export class S3Store implements FileStore {
  readonly #options: S3StoreOptions;

  constructor(options: S3StoreOptions) {
    this.#options = options;
  }

  /** A bucket has no directories that could fill up: the count is only good for names. */
  countFiles(from: number): Promise<number> {
    return Promise.resolve(from);
  }

  async create(): Promise<NewFile> {
    return new NewObject(await this.#options.spool.create(), this.#options);
  }

  async open(path: string): Promise<OpenFile | null> {
    const { requests, prefix, clock } = this.#options;
    const key = prefix + path;
    const answer = await asked(() => requests.head(key));
    await answer.body?.cancel();
    if (answer.status === 404) return null;
    const size = Number(answer.headers.get("Content-Length"));
    const etag = answer.headers.get("ETag");
    if (answer.status !== 200 || !Number.isSafeInteger(size) || etag === null) {
      throw new StoreError("open an object", new Error(`S3 answers with status ${answer.status}`));
    }
    const type = answer.headers.get("Content-Type") ?? UNKNOWN_TYPE;
    return {
      size,
      modifiedMs: Date.parse(answer.headers.get("Last-Modified") ?? "") || 0,
      etag,
      // What was detected when it was uploaded; another program may have said anything.
      mediaType: isShown(type) ? type : UNKNOWN_TYPE,
      read: (start, length) =>
        new S3Source({ requests, clock, key, etag, first: start, last: start + length - 1 }),
      close: () => {},
    };
  }

  /** Of the spool; a bucket does not say how much it takes. */
  freeBytes(): Promise<number> {
    return this.#options.spool.freeBytes();
  }
}

class NewObject implements NewFile {
  readonly #file: SpoolFile;
  readonly #options: S3StoreOptions;
  readonly #hash = createHash("sha256");
  readonly #head = new Uint8Array(HEAD_BYTES);
  #isDone = false;

  constructor(file: SpoolFile, options: S3StoreOptions) {
    this.#file = file;
    this.#options = options;
  }

  async write(bytes: Uint8Array): Promise<void> {
    const room = HEAD_BYTES - this.#file.bytes;
    if (room > 0) this.#head.set(bytes.subarray(0, room), this.#file.bytes);
    this.#hash.update(bytes);
    await this.#file.write(bytes);
  }

  async commit(path: string): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    const { requests, prefix } = this.#options;
    const { bytes } = this.#file;
    try {
      const body = await this.#file.rewind();
      const status = await asked(() =>
        requests.put(prefix + path, {
          body,
          bytes,
          sha256: this.#hash.digest("hex"),
          contentType: mediaTypeOf(this.#head.subarray(0, bytes), path),
        })
      );
      if (status !== 200) {
        throw new StoreError("store an object", new Error(`S3 answers with status ${status}`));
      }
    } finally {
      await this.#file.remove();
    }
  }

  async discard(): Promise<void> {
    if (this.#isDone) return;
    this.#isDone = true;
    await this.#file.remove();
  }
}

interface S3SourceOptions {
  readonly requests: S3Requests;
  readonly clock: Clock;
  readonly key: string;
  readonly etag: string;
  /** Bytes of the object; nothing is read when the last one lies before the first one. */
  readonly first: number;
  readonly last: number;
}

class S3Source implements ByteSource {
  readonly #options: S3SourceOptions;
  readonly #abort = new AbortController();
  #reader: ReadableStreamDefaultReader<Uint8Array> | null = null;
  #left: number;

  constructor(options: S3SourceOptions) {
    this.#options = options;
    this.#left = options.last - options.first + 1;
  }

  async next(): Promise<Uint8Array | null> {
    if (this.#left === 0 && this.#reader === null) return null; // An empty object.
    this.#reader ??= await this.#ask();
    const reader = this.#reader;
    const overdue = this.#options.clock.after(PIECE_LIMIT_MS, () => this.close());
    try {
      const { value } = await asked(() => reader.read());
      const length = value?.length ?? 0;
      if (length > this.#left || (value === undefined && this.#left > 0)) {
        throw new StoreError("read an object", new Error("S3 sends another length than asked for"));
      }
      this.#left -= length;
      return value ?? null;
    } finally {
      overdue.cancel();
    }
  }

  close(): void {
    this.#abort.abort(new Error("not read any more"));
    // A failure says that it has ended by itself.
    this.#reader?.cancel().catch(() => {});
  }

  async #ask(): Promise<ReadableStreamDefaultReader<Uint8Array>> {
    const { requests, key, etag, first, last } = this.#options;
    const answer = await asked(() => requests.get(key, { first, last, etag }, this.#abort));
    if (answer.status !== 206 || answer.body === null) {
      await answer.body?.cancel();
      throw new StoreError("read an object", new Error(`S3 answers with status ${answer.status}`));
    }
    return answer.body.getReader();
  }
}

/** @throws {StoreError} for whatever goes wrong on the way to S3 */
async function asked<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof StoreError) throw cause;
    throw new StoreError("ask S3", cause);
  }
}
