/** The file that is sent, on disk, and the one that comes out. */
import { createHash } from "node:crypto";
import type { FileSink, FileSource } from "../../../shared/client/mod.ts";

const CHUNK_BYTES = 1024 * 1024;

/** Makes a file whose every MiB differs. Returns its SHA-256 in hex. */
export async function makeFile(path: string, size: number): Promise<string> {
  const hash = createHash("sha256");
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let at = 0; at < CHUNK_BYTES; at += 65_536) {
    crypto.getRandomValues(chunk.subarray(at, at + 65_536));
  }
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  for (let offset = 0; offset < size; offset += CHUNK_BYTES) {
    new DataView(chunk.buffer).setUint32(offset / CHUNK_BYTES % 1000 * 1000, offset / CHUNK_BYTES);
    const piece = chunk.subarray(0, Math.min(CHUNK_BYTES, size - offset));
    hash.update(piece);
    for (let written = 0; written < piece.length;) {
      written += await file.write(piece.subarray(written));
    }
  }
  return hash.digest("hex");
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (;;) {
    const count = await file.read(chunk);
    if (count === null) return hash.digest("hex");
    hash.update(chunk.subarray(0, count));
  }
}

export class DiskSource implements FileSource, Disposable {
  readonly size: number;
  readonly #file: Deno.FsFile;
  #position = 0;

  constructor(path: string) {
    this.#file = Deno.openSync(path);
    this.size = this.#file.statSync().size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset !== this.#position) await this.#file.seek(offset, Deno.SeekMode.Start);
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length;) {
      filled += (await this.#file.read(bytes.subarray(filled))) ?? length;
    }
    this.#position = offset + length;
    return bytes;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

export class DiskSink implements FileSink, Disposable {
  readonly #file: Deno.FsFile;
  #position = 0;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { write: true, create: true });
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    if (offset !== this.#position) await this.#file.seek(offset, Deno.SeekMode.Start);
    for (let written = 0; written < bytes.length;) {
      written += await this.#file.write(bytes.subarray(written));
    }
    this.#position = offset + bytes.length;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
