import assert from "node:assert/strict";
import { type ApiDocument, renderOperations } from "./generate_api.ts";

const read = (path: string): string => Deno.readTextFileSync(new URL(path, import.meta.url));

Deno.test("the types of the management API are those of docs/openapi.json", () => {
  const document = JSON.parse(read("../docs/openapi.json")) as ApiDocument;
  assert.equal(read("lib/api_operations.ts"), renderOperations(document), "run generate_api.ts");
});
