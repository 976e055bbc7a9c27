import assert from "node:assert/strict";
import { collectingLogger } from "../../../shared/log/mod.ts";
import { MAX_REASONS, Tally } from "./tally.ts";

Deno.test("Tally, reports what was counted once, with reasons", () => {
  const log = collectingLogger();
  const tally = new Tally(log);
  tally.count("delivered");
  tally.count("delivered");
  tally.count("expired", { times: 0 });
  tally.count("gone", { times: 3, reason: "Unregistered" });
  tally.report();
  tally.report();
  assert.deepEqual(log.records.map(({ level, fields }) => ({ level, fields })), [{
    level: "debug",
    fields: { delivered: 2, gone: 3, reasons: { "gone: Unregistered": 3 } },
  }]);
});

Deno.test("Tally, warns when pushes were lost", () => {
  const log = collectingLogger();
  const tally = new Tally(log);
  tally.count("dropped");
  tally.report();
  tally.count("delivered");
  tally.report();
  assert.deepEqual(log.records.map(({ level }) => level), ["warn", "debug"]);
});

Deno.test("Tally, counts further reasons together, at its limit", () => {
  const log = collectingLogger();
  const tally = new Tally(log);
  for (let each = 0; each < MAX_REASONS + 5; each++) {
    tally.count("rejected", { reason: `reason ${each}` });
  }
  tally.count("rejected", { reason: "reason 0" });
  tally.report();
  const { reasons } = log.records[0]!.fields as { reasons: Record<string, number> };
  assert.equal(Object.keys(reasons).length, MAX_REASONS + 1);
  assert.equal(reasons["other reasons"], 5);
  assert.equal(reasons["rejected: reason 0"], 2);
});
