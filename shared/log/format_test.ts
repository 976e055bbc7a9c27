import assert from "node:assert/strict";
import fc from "fast-check";
import { Secret } from "../config/secret.ts";
import { jsonLine, textLine } from "./format.ts";
import type { LogFields, LogRecord } from "./logger.ts";
import { MAX_CAUSES, MAX_ITEMS, MAX_VALUE_CHARS } from "./plain.ts";

function record(fields: LogFields, message = "m"): LogRecord {
  return { timeMs: 0, level: "info", message, fields };
}

function textOf(fields: LogFields): string {
  return textLine(record(fields)).replace("1970-01-01T00:00:00.000Z info  m ", "");
}

function jsonOf(fields: LogFields): Record<string, unknown> {
  return JSON.parse(jsonLine(record(fields)));
}

Deno.test("textLine() quotes a value whose end could not be seen, and no other", () => {
  assert.equal(
    textOf({ at: "127.0.0.1:8000", id: -5, on: true, none: null, big: 1n }),
    [
      "at=127.0.0.1:8000 id=-5 on=true none=null big=1",
    ].join(),
  );
  assert.equal(
    textOf({ a: "two words", b: "", c: 'q"', d: "k=v" }),
    [
      'a="two words" b="" c="q\\"" d="k=v"',
    ].join(),
  );
  assert.equal(textOf({ "odd key": 1 }), '"odd key"=1');
});

Deno.test("textLine() and jsonLine() keep one event on one line of printable characters", () => {
  const attack = "a\r\nb\x00\x1b[2J\x7f\x9b\u0085\u2028\u2029\u202e\u200b";
  const fields = { [attack]: attack, nested: { [attack]: [attack] }, error: new Error(attack) };
  for (const render of [textLine, jsonLine]) {
    const line = render(record(fields, attack));
    // deno-lint-ignore no-control-regex -- control characters are what must be absent
    assert.doesNotMatch(line, /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202e\u200b]/);
  }
  assert.equal(jsonOf(fields)[attack], attack);
});

Deno.test("textLine() and jsonLine() take any value without throwing or breaking the line", () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true }), fc.string(), (value, key) => {
      const fields = { [key]: value };
      assert.doesNotMatch(textLine(record(fields)), /[\r\n]/);
      JSON.parse(jsonLine(record(fields)));
    }),
  );
});

Deno.test("textLine() shows an error with name, message, code and the chain of causes", () => {
  const refused = Object.assign(new Error("connect refused"), { code: "ECONNREFUSED" });
  const all = new AggregateError([refused, new Error("second")]);
  const error = new TypeError("Cannot connect", { cause: all });
  assert.equal(
    textOf({ error }),
    'error="TypeError: Cannot connect <- AggregateError <- Error: connect refused (ECONNREFUSED)"',
  );
  assert.equal(textOf({ e: new Error("a", { cause: "why" }) }), 'e="Error: a <- why"');
});

Deno.test("jsonLine() nests the causes of an error", () => {
  const error = new Error("outer", { cause: new RangeError("inner") });
  assert.deepEqual(jsonOf({ error })["error"], {
    name: "Error",
    message: "outer",
    cause: { name: "RangeError", message: "inner" },
  });
});

Deno.test("an error that is its own cause ends after the limit of causes", () => {
  const error = new Error("loop");
  error.cause = error;
  const text = textOf({ error });
  assert.equal(text.split("loop").length - 1, MAX_CAUSES);
  assert.ok(text.endsWith('<- …"'), text);
});

Deno.test("a long text is cut at the limit, between characters, and says how much is missing", () => {
  const long = "x".repeat(MAX_VALUE_CHARS);
  assert.equal(jsonOf({ long })["long"], long);
  assert.equal(jsonOf({ long: long + "yz" })["long"], `${long}…(+2)`);
  const split = "x".repeat(MAX_VALUE_CHARS - 1) + "😀";
  assert.equal(jsonOf({ split })["split"], `${"x".repeat(MAX_VALUE_CHARS - 1)}…(+2)`);
});

Deno.test("a large or deep value is bounded", () => {
  const items = Array.from({ length: MAX_ITEMS + 3 }, (_, index) => index);
  assert.deepEqual(jsonOf({ items })["items"], [...items.slice(0, MAX_ITEMS), "…(+3)"]);
  const wide = Object.fromEntries(items.map((item) => [`k${item}`, item]));
  assert.equal(Object.keys(jsonOf({ wide })["wide"] as object).length, MAX_ITEMS + 1);
  const deep = { b: { c: { d: 1 } }, e: [[1]] };
  assert.deepEqual(jsonOf({ deep })["deep"], { b: { c: "[object]" }, e: ["[array]"] });
  const text = textOf({ texts: Array.from({ length: 9 }, () => "x".repeat(900)) });
  assert.ok(text.length < MAX_VALUE_CHARS + 50, `${text.length}`);
});

Deno.test("secrets and byte arrays do not show what they hold", () => {
  const fields = { key: new Secret("hunter2"), frame: new TextEncoder().encode("hunter2") };
  assert.equal(textOf(fields), 'key="[secret]" frame="[7 bytes]"');
});

Deno.test("a value that throws when read leaves the rest of the line", () => {
  const broken = {
    get bad(): string {
      throw new Error("no");
    },
  };
  assert.equal(textOf({ broken, port: 1 }), 'broken="[unreadable]" port=1');
});

Deno.test("jsonLine() renames a field that would hide the line's own keys", () => {
  assert.deepEqual(jsonOf({ level: "x", toString: 1 }), {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    message: "m",
    "field.level": "x",
    toString: 1,
  });
});
