import assert from "node:assert/strict";
import { isStorableFileName, isStorableTaskId } from "./file_limits.ts";

const NAMES: readonly (readonly [what: string, name: string, isStorable: boolean])[] = [
  ["an ordinary name", "report 报告.txt", true],
  ["no name", "", true],
  ["256 characters", "é".repeat(256), true],
  ["256 characters of two units each", "😀".repeat(256), true],
  ["257 characters", "a".repeat(257), false],
  ["257 characters of two units each", "😀".repeat(257), false],
  ["a megabyte", "a".repeat(1024 * 1024), false],
  ["a NUL", "a\0b", false],
];

for (const [what, name, isStorable] of NAMES) {
  Deno.test(`isStorableFileName() is ${isStorable} for ${what}`, () => {
    assert.equal(isStorableFileName(name), isStorable);
  });
}

const TASK_IDS: readonly (readonly [what: string, taskId: string, isStorable: boolean])[] = [
  ["a UUID", "9c424824-fe01-49bd-88ed-1d8f2d3c976a", true],
  ["64 bytes", "t".repeat(64), true],
  ["65 bytes", "t".repeat(65), false],
  ["nothing", "", false],
  ["a NUL", "t\0", false],
  ["a line feed", "t\n", false],
  ["a space", "a b", false],
  ["what is not ASCII", "tâche", false],
];

for (const [what, taskId, isStorable] of TASK_IDS) {
  Deno.test(`isStorableTaskId() is ${isStorable} for ${what}`, () => {
    assert.equal(isStorableTaskId(taskId), isStorable);
  });
}
