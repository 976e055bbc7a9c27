import assert from "node:assert/strict";
import { systemRandom } from "../../../shared/random.ts";
import { DiskStore } from "./disk.ts";
import { Spool } from "./spool.ts";
import { get, put, spooled, type StoreStage, testStoreContract } from "./test_support/contract.ts";
import { StoreError } from "./types.ts";

async function start(): Promise<StoreStage> {
  const baseDir = await Deno.makeTempDir();
  const { spool } = await Spool.open(baseDir, systemRandom);
  return {
    baseDir,
    store: await DiskStore.open(baseDir, spool),
    [Symbol.asyncDispose]: () => Deno.remove(baseDir, { recursive: true }),
  };
}

testStoreContract("DiskStore", start);

Deno.test("DiskStore reads what the original has stored, also beside its numbered directories", async () => {
  await using stage = await start();
  await Deno.mkdir(`${stage.baseDir}/000/000`, { recursive: true });
  await Deno.mkdir(`${stage.baseDir}/avatar`);
  await Deno.writeTextFile(`${stage.baseDir}/000/000/1795177975308595_140656664061.spx`, "old");
  await Deno.writeTextFile(`${stage.baseDir}/avatar/default.png`, "avatar");
  assert.equal(await get(stage.store, "000/000/1795177975308595_140656664061.spx"), "old");
  assert.equal(await get(stage.store, "avatar/default.png"), "avatar");
});

Deno.test("DiskStore follows no link out of its root, and opens no pipe", async () => {
  await using stage = await start();
  const { baseDir, store } = stage;
  await using outside = await start();
  await put(outside.store, "000/000/secret.txt", "secret");
  await put(store, "000/000/1.bin", "mine");
  await Deno.symlink(`${outside.baseDir}/000/000/secret.txt`, `${baseDir}/000/000/link.txt`);
  await Deno.symlink(`${outside.baseDir}/000`, `${baseDir}/dir`);
  await Deno.symlink("loop", `${baseDir}/loop`);
  await Deno.symlink("nowhere", `${baseDir}/dangling`);
  await new Deno.Command("mkfifo", { args: [`${baseDir}/pipe`] }).output();
  const paths = ["000/000/link.txt", "dir/000/secret.txt", "loop", "dangling", "pipe"];
  for (const path of [...paths, "000/000/1.bin/x", "x".repeat(256)]) {
    assert.equal(await store.open(path), null, path);
  }
  await Deno.symlink("1.bin", `${baseDir}/000/000/2.bin`);
  assert.equal(await get(store, "000/000/2.bin"), "mine");
});

Deno.test("DiskStore works below a root that is a link", async () => {
  await using stage = await start();
  const link = `${stage.baseDir}/link`;
  await Deno.mkdir(`${stage.baseDir}/real`);
  await Deno.symlink("real", link);
  const { spool } = await Spool.open(link, systemRandom);
  const store = await DiskStore.open(link, spool);
  await put(store, "000/000/1.bin", "x");
  assert.equal(await get(store, "000/000/1.bin"), "x");
});

Deno.test("DiskStore, countFiles() finds out where the last start left off", async () => {
  await using stage = await start();
  const { store, baseDir } = stage;
  assert.equal(await store.countFiles(0, 3), 0);
  for (const path of ["000/000/a", "000/000/b", "000/000/c", "000/001/a"]) {
    await put(store, path, "");
  }
  assert.equal(await store.countFiles(0, 3), 4);
  // The original makes all directories at its first start.
  await Deno.mkdir(`${baseDir}/000/002`);
  assert.equal(await store.countFiles(0, 3), 4);
  await put(store, "000/001/b", "");
  await put(store, "000/001/c", "");
  await put(store, "000/001/d", "");
  assert.equal(await store.countFiles(0, 3), 6);
});

Deno.test("DiskStore, countFiles() starts from the configured count, and goes on behind it", async () => {
  await using stage = await start();
  const { store } = stage;
  assert.equal(await store.countFiles(7, 3), 7);
  await put(store, "000/002/a", "");
  assert.equal(await store.countFiles(7, 3), 7);
  await put(store, "000/003/a", "");
  await put(store, "000/004/a", "");
  await put(store, "000/004/b", "");
  assert.equal(await store.countFiles(7, 3), 14);
});

Deno.test("DiskStore makes a directory again that somebody has removed", async () => {
  await using stage = await start();
  const { store, baseDir } = stage;
  await put(store, "000/000/a", "x");
  await Deno.remove(`${baseDir}/000`, { recursive: true });
  await assert.rejects(put(store, "000/000/b", "x"), StoreError);
  assert.deepEqual(await spooled(baseDir), []);
  await put(store, "000/000/c", "x");
  assert.equal(await get(store, "000/000/c"), "x");
});

Deno.test("DiskStore leaves nothing of a file that it cannot place", async () => {
  await using stage = await start();
  const { store, baseDir } = stage;
  await Deno.writeTextFile(`${baseDir}/000`, "a file where a directory should be");
  const file = await store.create();
  await file.write(new Uint8Array(10));
  await assert.rejects(file.commit("000/000/a"), StoreError);
  assert.deepEqual(await spooled(baseDir), []);
});

Deno.test("Spool, open() sweeps what no process works on, and nothing else", async () => {
  await using stage = await start();
  const { store, baseDir } = stage;
  const mine = await store.create();
  await mine.write(new Uint8Array(10));
  await Deno.writeTextFile(`${baseDir}/.uploads/left.part`, "half");
  const { swept } = await Spool.open(baseDir, systemRandom);
  assert.equal(swept, 1);
  assert.equal((await spooled(baseDir)).length, 1);
  await mine.commit("000/000/a");
});

Deno.test("Spool, open() fails where no directory can be made", async () => {
  await using stage = await start();
  await Deno.writeTextFile(`${stage.baseDir}/file`, "");
  await assert.rejects(Spool.open(`${stage.baseDir}/file`, systemRandom), StoreError);
});
