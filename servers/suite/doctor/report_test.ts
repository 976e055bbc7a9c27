import assert from "node:assert/strict";
import { Report } from "./report.ts";

Deno.test("Report prints findings as they come, remedies below, and counts", () => {
  const lines: string[] = [];
  const report = new Report((line) => void lines.push(line));
  report.ok("fine");
  report.warn("so so", "change it");
  report.fail("broken", "repair it");
  report.fail("missing", "buy it");
  report.conclude();
  assert.deepEqual(lines, [
    "OK    fine",
    "WARN  so so",
    "      → change it",
    "FAIL  broken",
    "      → repair it",
    "FAIL  missing",
    "      → buy it",
    "2 failures, 1 warning.",
  ]);
  assert.equal(report.failures, 2);
});

Deno.test("Report says when all is well", () => {
  const lines: string[] = [];
  const report = new Report((line) => void lines.push(line));
  report.ok("fine");
  report.conclude();
  assert.deepEqual(lines, ["OK    fine", "All is well."]);
});
