import assert from "node:assert/strict";
import { generate, outdatedFiles } from "./generate.ts";

const folder = import.meta.dirname!;

Deno.test("generate() gives the committed files, byte for byte, each time", async () => {
  const files = await generate(folder);
  assert.deepEqual(outdatedFiles(files, `${folder}/gen`), []);
  assert.deepEqual(await generate(folder), files);
});

Deno.test("outdatedFiles() names files that differ, are missing or left over", () => {
  const target = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(`${target}/same.ts`, "1");
    Deno.writeTextFileSync(`${target}/changed.ts`, "1");
    Deno.writeTextFileSync(`${target}/surplus.ts`, "1");
    const files = new Map([["same.ts", "1"], ["changed.ts", "2"], ["missing.ts", "1"]]);
    assert.deepEqual(outdatedFiles(files, target), ["changed.ts", "missing.ts", "surplus.ts"]);
  } finally {
    Deno.removeSync(target, { recursive: true });
  }
});
