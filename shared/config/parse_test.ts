import assert from "node:assert/strict";
import { ConfigError } from "./error.ts";
import { MAX_LINE_BYTES, parseConfig } from "./parse.ts";

function valuesOf(text: string): Record<string, string> {
  const { entries } = parseConfig(text, "a.conf");
  return Object.fromEntries([...entries.values()].map(({ key, value }) => [key, value]));
}

Deno.test("parseConfig() trims spaces and tabs around key and value", () => {
  assert.deepEqual(valuesOf(" \tListenIP \t=\t 0.0.0.0 \t\nB=x y"), {
    ListenIP: "0.0.0.0",
    B: "x y",
  });
});

Deno.test("parseConfig() takes # as the start of a comment anywhere in a line", () => {
  assert.deepEqual(valuesOf("#A=1\nB=2 # two\nC#=3\nD=#4"), { B: "2" });
});

Deno.test("parseConfig() splits at the first = only", () => {
  assert.deepEqual(valuesOf("url=http://h/?a=b=c"), { url: "http://h/?a=b=c" });
});

Deno.test("parseConfig() ignores lines without =, with an empty key or an empty value", () => {
  assert.deepEqual(valuesOf("word\n=1\nA=\nB= \t\n\nA=later"), { A: "later" });
});

Deno.test("parseConfig() lets the first occurrence win and reports the later one", () => {
  const { entries, repeated } = parseConfig("A=1\nB=2\nA=3\n", "a.conf");
  assert.equal(entries.get("A")?.value, "1");
  assert.deepEqual(repeated, [{ key: "A", value: "3", line: 3 }]);
});

Deno.test("parseConfig() keeps keys case-sensitive", () => {
  assert.deepEqual(valuesOf("a=1\nA=2"), { a: "1", A: "2" });
});

Deno.test("parseConfig() reads a file saved on Windows like one saved elsewhere", () => {
  assert.deepEqual(valuesOf("\uFEFFA=1\r\nB=2\r\n"), { A: "1", B: "2" });
});

Deno.test("parseConfig() accepts a line of exactly the longest length, line end not counted", () => {
  const value = "x".repeat(MAX_LINE_BYTES - 2);
  assert.deepEqual(valuesOf(`A=${value}\r\n`), { A: value });
});

Deno.test("parseConfig() refuses lines over the limit, naming file and line, counting bytes", () => {
  const tooLong = "名".repeat(86); // 3 bytes each
  assert.throws(() => parseConfig(`A=1\n#${tooLong}\nB=${tooLong}`, "conf/a.conf"), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(error.problems, [
      "conf/a.conf:2: the line has 259 bytes; at most 255 are allowed",
      "conf/a.conf:3: the line has 260 bytes; at most 255 are allowed",
    ]);
    return true;
  });
});
