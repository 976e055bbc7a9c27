import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText, DEFAULT_CLIENT_AES_KEY as KEY, encodeText } from "./text_cipher.ts";

/** Reference pairs of docs/spec/wire.md 11. */
const VECTORS: Readonly<Record<string, string>> = {
  "[语音]": "QhGXlpFjvMFUNrtl1aaPzA==",
  "second": "uHLPMSn3bgcuCZTiApVWgw==",
  "both": "CwH51Q+zFJq1b9MyfVqE+w==",
  "reply": "U97z8qC1x6j9xm4INBX5uQ==",
  "hello group": "Qo3GVipZ7KAKsvr2tBHKFQ==",
  "hello user2 你好": "OO9iPR2XAn1wUYG0qk5NyHXNJgTZw788HoaE3Cn87Oc=",
};

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

Deno.test("encodeText() and decodeText() agree with the reference vectors (P-SEC1)", () => {
  for (const [text, base64] of Object.entries(VECTORS)) {
    assert.deepEqual(encodeText(text, KEY), ascii(base64), text);
    assert.equal(decodeText(ascii(base64), KEY), text);
  }
});

Deno.test("encodeText() takes one block more when the length does not fit behind the text", () => {
  const blocksOf = (bytes: number) =>
    atob(String.fromCharCode(...encodeText("x".repeat(bytes), KEY)));
  for (const [bytes, blocks] of [[1, 1], [12, 1], [13, 2], [16, 2], [17, 2], [28, 2], [29, 3]]) {
    assert.equal(blocksOf(bytes!).length, blocks! * 16, `${bytes} bytes`);
  }
});

Deno.test("decodeText() gives back every text that encodeText() takes", () => {
  const text = fc.string({ unit: "binary", minLength: 1, maxLength: 200 });
  fc.assert(fc.property(text, (one) => assert.equal(decodeText(encodeText(one, KEY), KEY), one)));
  assert.equal(decodeText(encodeText("\ufeffmark", KEY), KEY), "\ufeffmark");
});

Deno.test("encodeText() refuses an empty text", () => {
  assert.throws(() => encodeText("", KEY), RangeError);
});

Deno.test("decodeText() answers null for what is not encoded text", () => {
  const cases = {
    "nothing": "",
    "no base64": "hello, world",
    "cut base64": "QhGXlpFjvMFUNrtl1aaPzA=",
    "no whole block": "QhGXlpFjvMFUNrtl1aaP",
    "a padded block": "QhGXlpFjvMFUNrtl1aaPzA==\n",
  };
  for (const [what, data] of Object.entries(cases)) {
    assert.equal(decodeText(ascii(data), KEY), null, what);
  }
});

Deno.test("decodeText() answers null for a text that was made with another key", () => {
  // The length read from such a text is a random number, here one above the size of the text.
  assert.equal(decodeText(encodeText("second", "a".repeat(32)), KEY), null);
});

Deno.test("decodeText() never throws, whatever the bytes", () => {
  const base64OfAnything = fc.uint8Array({ maxLength: 100 }).map((bytes) =>
    ascii(btoa(String.fromCharCode(...bytes)))
  );
  const anything = fc.oneof(fc.uint8Array({ maxLength: 100 }), base64OfAnything);
  fc.assert(fc.property(anything, (bytes) => {
    const text = decodeText(bytes, KEY);
    assert.ok(text === null || typeof text === "string");
  }));
});

Deno.test("decodeText() reads a view in the middle of a larger buffer", () => {
  const data = encodeText("reply", KEY);
  const larger = new Uint8Array(data.length + 10);
  larger.set(data, 5);
  assert.equal(decodeText(larger.subarray(5, 5 + data.length), KEY), "reply");
});
