import assert from "node:assert/strict";
import { ok, refused } from "../../../shared/result.ts";
import { filePathOf, originalOf, rawPathOf } from "./file_path.ts";

Deno.test("rawPathOf() gives the path as it was sent, without host and query", () => {
  const cases = {
    "http://h/g0/000/000/1.png": "/g0/000/000/1.png",
    "http://h:1/../%2e%2e/x?a=/../b#c": "/../%2e%2e/x",
    "http://h//x": "//x",
    "http://h": "",
  };
  for (const [url, path] of Object.entries(cases)) assert.equal(rawPathOf(url), path, url);
});

Deno.test("filePathOf() leaves out what stands before the second slash", () => {
  assert.deepEqual(filePathOf("/g0/000/001/1_2.png"), ok("000/001/1_2.png"));
  assert.deepEqual(filePathOf("/anything/000/001/1_2.png"), ok("000/001/1_2.png"));
  assert.deepEqual(filePathOf("/g0/avatar/%E6%96%87%20a.png"), ok("avatar/文 a.png"));
  assert.deepEqual(filePathOf("/g0/文.png"), ok("文.png"));
  // Decoded once: this is a name with a percent sign.
  assert.deepEqual(filePathOf("/g0/%252e%252e"), ok("%2e%2e"));
});

Deno.test("filePathOf() refuses what names no file", () => {
  for (const path of ["", "/", "/abc", "/g0/", "/g0//x", "/g0/x/", "/g0/000//1.png"]) {
    assert.deepEqual(filePathOf(path), refused("malformed"), path);
  }
});

Deno.test("filePathOf() forbids every way out of the root, and odd bytes", () => {
  const bad = [
    "/../../etc/passwd",
    "/g0/../etc/passwd",
    "/g0/000/..",
    "/%2e%2e/x/y",
    "/g0/%2e%2e/x",
    "/g0/%2E%2e%2fx",
    "/g0/..%2f..%2fetc%2fpasswd",
    "/g0/000%2f000/x",
    "/g0/%2fetc/passwd",
    "/g0/..\\..\\x",
    "/g0/%5c%5cx",
    "/g0/a%00.png",
    "/g0/a%0a.png",
    "/g0/a\u007f.png",
    "/g0/.uploads/x.part",
    "/g0/%2euploads/x.part",
    "/g0/.",
    "/g0/a..b",
    "/g0/%",
    "/g0/%ff%fe",
    "/g0/%c0%ae%c0%ae/x",
    `/g0/${"a".repeat(256)}`,
    `/g0/${"%E6%96%87".repeat(86)}`,
    `/g0/${"a/".repeat(600)}a`,
  ];
  for (const path of bad) assert.deepEqual(filePathOf(path), refused("forbidden"), path);
});

Deno.test("originalOf() knows the small versions that some clients ask for", () => {
  assert.equal(originalOf("000/000/1_2.png_100x100.jpg"), "000/000/1_2.png");
  assert.equal(originalOf("000/000/1_2_640x480.png_32x32.jpg"), "000/000/1_2_640x480.png");
  for (const path of ["000/000/1_2.png", "a/_1x1.jpg", "1.png_100x100.png", "1.png_10000x1.jpg"]) {
    assert.equal(originalOf(path), null, path);
  }
});
