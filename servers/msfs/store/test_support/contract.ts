/** What every file store promises, run against the real ones. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { filesBelow } from "../../test_support/files.ts";
import { SPOOL_DIRECTORY } from "../spool.ts";
import type { ByteSource, FileStore } from "../types.ts";

export interface StoreStage extends AsyncDisposable {
  readonly store: FileStore;
  readonly baseDir: string;
}

export async function put(store: FileStore, path: string, data: string): Promise<void> {
  const file = await store.create();
  await file.write(Buffer.from(data));
  await file.commit(path);
}

export async function readAll(source: ByteSource): Promise<string> {
  let text = "";
  for (;;) {
    const piece = await source.next();
    if (piece === null) break;
    text += Buffer.from(piece).toString("latin1");
  }
  source.close();
  return text;
}

/** The whole text of a file, or null when there is none. */
export async function get(store: FileStore, path: string): Promise<string | null> {
  const file = await store.open(path);
  return file === null ? null : await readAll(file.read(0, file.size));
}

export async function spooled(baseDir: string): Promise<readonly string[]> {
  return await filesBelow(`${baseDir}/${SPOOL_DIRECTORY}`);
}

export function testStoreContract(name: string, start: () => Promise<StoreStage>): void {
  Deno.test(`${name}, gives back what was committed, and nothing is left in the spool`, async () => {
    await using stage = await start();
    const { store, baseDir } = stage;
    const file = await store.create();
    await file.write(Buffer.from("one "));
    assert.equal((await spooled(baseDir)).length, 1);
    await file.write(Buffer.from("two"));
    await file.commit("000/001/1_2.spx");
    assert.equal(await get(store, "000/001/1_2.spx"), "one two");
    assert.deepEqual(await spooled(baseDir), []);
  });

  Deno.test(`${name}, shows nothing of a file before it is committed, or after it is discarded`, async () => {
    await using stage = await start();
    const { store, baseDir } = stage;
    const file = await store.create();
    await file.write(Buffer.from("half"));
    assert.equal(await store.open("000/000/1_2.spx"), null);
    await file.discard();
    await file.discard();
    assert.equal(await store.open("000/000/1_2.spx"), null);
    assert.deepEqual(await spooled(baseDir), []);
  });

  Deno.test(`${name}, tells size, type, time and a tag that stays the same`, async () => {
    await using stage = await start();
    const { store } = stage;
    await put(store, "000/000/1.bin", "\x89PNG\r\n\x1a\n".padEnd(2000, "x"));
    const file = (await store.open("000/000/1.bin"))!;
    const again = (await store.open("000/000/1.bin"))!;
    // The text above is UTF-8: its first character has two bytes.
    assert.equal(file.size, 2001);
    assert.match(file.etag, /^"[^"]+"$/);
    assert.equal(again.etag, file.etag);
    assert.ok(Math.abs(file.modifiedMs - Date.now()) < 60_000);
    file.close();
    again.close();
  });

  Deno.test(`${name}, detects the type of what it keeps`, async () => {
    await using stage = await start();
    const { store } = stage;
    const file = await store.create();
    await file.write(Buffer.from("\x89PN", "latin1"));
    await file.write(Buffer.from("G\r\n\x1a\n", "latin1"));
    await file.commit("000/000/1.html");
    await put(store, "000/000/2.html", "<script>");
    const types: string[] = [];
    for (const path of ["000/000/1.html", "000/000/2.html"]) {
      const opened = (await store.open(path))!;
      types.push(opened.mediaType);
      opened.close();
    }
    assert.deepEqual(types, ["image/png", "application/octet-stream"]);
  });

  Deno.test(`${name}, reads any part of a file`, async () => {
    await using stage = await start();
    const { store } = stage;
    await put(store, "000/000/1.bin", "0123456789");
    for (const [start, length] of [[0, 10], [0, 2], [9, 1], [3, 4]] as const) {
      const file = (await store.open("000/000/1.bin"))!;
      const text = await readAll(file.read(start, length));
      assert.equal(text, "0123456789".slice(start, start + length));
    }
  });

  Deno.test(`${name}, keeps an empty file`, async () => {
    await using stage = await start();
    await put(stage.store, "000/000/1.bin", "");
    assert.equal(await get(stage.store, "000/000/1.bin"), "");
  });

  Deno.test(`${name}, a file of some MiB passes through in pieces (P-MSFS3)`, async () => {
    await using stage = await start();
    const { store } = stage;
    const piece = "0123456789abcdef".repeat(4096);
    const file = await store.create();
    for (let i = 0; i < 48; i++) await file.write(Buffer.from(piece));
    await file.commit("000/000/1.bin");
    const opened = (await store.open("000/000/1.bin"))!;
    assert.equal(opened.size, 48 * piece.length);
    const source = opened.read(1, opened.size - 1);
    let bytes = 1;
    for (let part = await source.next(); part !== null; part = await source.next()) {
      assert.ok(part.length <= 1024 * 1024);
      assert.equal(part[0], piece.charCodeAt(bytes % 16));
      bytes += part.length;
    }
    source.close();
    assert.equal(bytes, opened.size);
  });

  Deno.test(`${name}, knows no file that was never committed, whatever its path`, async () => {
    await using stage = await start();
    await put(stage.store, "000/000/1.bin", "x");
    const paths = [
      "000/000/2.bin",
      "000/000",
      "000",
      "文 a%/x",
      "x".repeat(200),
    ];
    for (const path of paths) assert.equal(await stage.store.open(path), null, path);
  });

  Deno.test(`${name}, tells how much room there is`, async () => {
    await using stage = await start();
    assert.ok(await stage.store.freeBytes() > 1024 * 1024);
  });
}
