import assert from "node:assert/strict";
import fc from "fast-check";
import { fitText, jsonBytes } from "./alert_text.ts";

Deno.test("fitText(), leaves a text alone, up to the last byte", () => {
  assert.equal(fitText("hello", 7), "hello");
  assert.equal(fitText("你好", 8), "你好");
  assert.equal(fitText("", 2), "");
});

Deno.test("fitText(), cuts before what does not fit, with an ellipsis", () => {
  assert.equal(fitText("hello world", 10), "hello…");
  assert.equal(fitText("你好吗", 10), "你…");
  assert.equal(fitText('a"b"c', 7), "a…"); // A quote takes two bytes in JSON.
});

Deno.test("fitText(), never cuts what is one character for the reader", () => {
  const family = "👨‍👩‍👧"; // Five code points.
  assert.equal(fitText(`ab${family}cd`, 12), "ab…");
  assert.equal(fitText("e\u0301e\u0301e\u0301", 9), "e\u0301…");
});

Deno.test("fitText(), null, when not even the ellipsis fits", () => {
  assert.equal(fitText("hello", 4), null);
  assert.equal(fitText("hello", 5), "…");
});

Deno.test("fitText(), looks only at the beginning of a text that is far too long", () => {
  assert.equal(fitText("x".repeat(50_000_000), 100)!.length, 96);
});

Deno.test("fitText(), always fits, is well-formed and begins as the text does", () => {
  const anyText = fc.string({ unit: "grapheme", maxLength: 60 });
  fc.assert(fc.property(anyText, fc.integer({ min: 5, max: 200 }), (text, maxBytes) => {
    const fitted = fitText(text, maxBytes)!;
    assert.ok(jsonBytes(fitted) <= maxBytes);
    assert.ok(fitted === text || text.startsWith(fitted.slice(0, -1)));
    assert.ok(fitted.isWellFormed());
  }));
});
