import assert from "node:assert/strict";
import { withCauses } from "./with_causes.ts";

Deno.test("withCauses() tells what each layer said, outermost first", () => {
  const disk = new Error("disk full");
  const table = new Error("Cannot write", { cause: disk });
  assert.equal(withCauses(disk), "disk full");
  assert.equal(
    withCauses(new Error("Cannot start", { cause: table })),
    "Cannot start: Cannot write: disk full",
  );
});

Deno.test("withCauses() does not repeat a reason that the message gives already", () => {
  const refused = new Error("connection refused");
  const pool = new Error("Cannot connect", { cause: refused });
  const told = new Error("Cannot use pool a: connection refused", { cause: pool });
  assert.equal(withCauses(told), "Cannot use pool a: connection refused");
});

Deno.test("withCauses() leaves out a cause that is no error", () => {
  assert.equal(withCauses(new Error("Cannot start", { cause: 5 })), "Cannot start");
});
