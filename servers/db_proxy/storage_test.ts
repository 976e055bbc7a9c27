import assert from "node:assert/strict";
import { systemClock } from "../../shared/clock.ts";
import { silentLogger } from "../../shared/log/mod.ts";
import { openStorage } from "./storage.ts";

const deps = { clock: systemClock, log: silentLogger };

Deno.test("openStorage(), makes folder and file for their owner alone", async () => {
  const parent = await Deno.makeTempDir();
  try {
    const path = `${parent}/new/teamtalk.db`;
    await (await openStorage({ kind: "sqlite", path }, deps)).close();
    assert.equal((await Deno.stat(`${parent}/new`)).mode! & 0o777, 0o700);
    assert.equal((await Deno.stat(path)).mode! & 0o777, 0o600);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
});

Deno.test("openStorage(), a folder that cannot be made is a clear error", async () => {
  const path = `${import.meta.filename}/data/teamtalk.db`;
  await assert.rejects(openStorage({ kind: "sqlite", path }, deps), {
    name: "StorageError",
    message: `Cannot make the database ${path}`,
  });
});
