import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeLine, escapeText } from "./escape.ts";

Deno.test("escapeLine() shows control characters as signs", () => {
  assert.equal(escapeLine("a\x1b[31mb\x07\x00c\x7f"), "a␛[31mb␇␀c␡");
  assert.equal(escapeLine("one\ntwo\r\tthree"), "one␊two␍␉three");
  assert.equal(escapeLine("\x9b31m"), "<9B>31m");
});

Deno.test("escapeLine() shows marks that change the direction of text, and lone surrogates", () => {
  assert.equal(escapeLine("user\u202etxt.exe\u2066"), "user<U+202E>txt.exe<U+2066>");
  assert.equal(escapeLine("\ud800"), "\ufffd");
});

Deno.test("escapeLine() leaves ordinary text of any language alone", () => {
  for (const text of ["hello", "你好", "مرحبا", "👍🏽 ok", "e\u0301"]) {
    assert.equal(escapeLine(text), text);
  }
});

Deno.test("escapeText() keeps line breaks only", () => {
  assert.equal(escapeText("a\r\nb\nc\td\x1b"), "a\nb\nc d␛");
});

Deno.test("escapeText() lets no control character through", () => {
  const text = fc.string({ unit: "binary", maxLength: 100 });
  fc.assert(fc.property(text, (one) => {
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(escapeText(one), /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
  }));
});
