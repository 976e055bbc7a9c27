import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { isShown, mediaTypeOf } from "./media_type.ts";

function typeOf(head: string, name = "1.bin"): string {
  return mediaTypeOf(Buffer.from(head, "latin1"), name);
}

Deno.test("mediaTypeOf() tells pictures, sound and video by their first bytes", () => {
  const cases: readonly (readonly [head: string, type: string])[] = [
    ["\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"],
    ["\x89PNG\r\n\x1a\n...", "image/png"],
    ["GIF89a...", "image/gif"],
    ["RIFF\x10\0\0\0WEBPVP8 ", "image/webp"],
    ["RIFF\x10\0\0\0WAVEfmt ", "audio/wav"],
    ["OggS\0", "audio/ogg"],
    ["#!AMR\n", "audio/amr"],
    ["ID3\x03", "audio/mpeg"],
    ["\0\0\0\x18ftypmp42", "video/mp4"],
    ["\0\0\0\x18ftyp3gp5", "video/3gpp"],
    ["BM\x10\0\0\0\0\0\0\0", "image/bmp"],
  ];
  for (const [head, type] of cases) {
    assert.equal(typeOf(head, "1.html"), type);
    assert.ok(isShown(type), type);
  }
});

Deno.test("mediaTypeOf() goes by the name of a picture when the bytes say nothing", () => {
  assert.equal(typeOf("hello", "1.jpg"), "image/jpeg");
  assert.equal(typeOf("hello", "1.JPEG"), "image/jpeg");
  assert.equal(typeOf("", "1.png"), "image/png");
  assert.equal(typeOf("hello", "1.spx"), "application/octet-stream");
  assert.equal(typeOf("hello", "png"), "image/png");
});

Deno.test("mediaTypeOf() gives what a browser could run no type, whatever its name", () => {
  const active = [
    "<html>",
    "<!DOCTYPE html>",
    "\n\t <svg xmlns='x'>",
    "<?xml version='1.0'?>",
    "\xef\xbb\xbf<script>",
    "\xff\xfe<\0s\0v\0g\0",
    "</x>",
  ];
  for (const head of active) {
    for (const name of ["1.png", "1.html", "1.svg", "1.jpg"]) {
      assert.equal(typeOf(head, name), "application/octet-stream", `${head} ${name}`);
    }
  }
  for (const [head, name] of [["alert(1)", "1.js"], ["%PDF-1.7", "1.pdf"], ["CWS", "1.swf"]]) {
    assert.equal(typeOf(head!, name), "application/octet-stream");
  }
  for (
    const type of ["application/octet-stream", "text/html", "image/svg+xml", "application/xml"]
  ) {
    assert.equal(isShown(type), false, type);
  }
});

Deno.test("mediaTypeOf() does not take the begin of a signature for the whole", () => {
  for (const head of ["\xff\xd8", "\x89PN", "GIF8", "RIFF\0\0\0\0WEB", "RIFF", "BM"]) {
    assert.equal(typeOf(head), "application/octet-stream");
  }
});
