import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { FILE_ERRORS } from "./file_error.ts";

Deno.test("FILE_ERRORS, has a reason for every FileServerError of the protocol", () => {
  const all = Object.entries(proto)
    .filter(([name]) => name.startsWith("FILE_SERVER_ERRNO_") && !name.endsWith("_OK"))
    .map(([, code]) => code as number);
  assert.equal(all.length, 12);
  const used = new Set<number>(Object.values(FILE_ERRORS));
  assert.deepEqual(all.filter((code) => !used.has(code)), []);
});
