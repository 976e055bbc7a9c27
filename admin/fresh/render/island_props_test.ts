import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import { parse } from "devalue";
import { h } from "preact";
import { stringifyProps } from "./island_props.ts";

function stringify(...props: Record<string, unknown>[]): string {
  const island = { module: "/a.js", exportName: "Chart" };
  return stringifyProps(props.map((one) => ({ island, props: one })));
}

Deno.test("stringifyProps(), values keep their type, and what is shared stays shared", () => {
  const shared = signal(1);
  const when = new Date(5);
  const text = stringify(
    { shared, when, map: new Map([[1, "a"]]), big: 5n, none: undefined },
    { shared, bytes: new Uint8Array([1, 2]) },
  );
  const [one, two] = parse(text, { Signal: ([value]) => ({ value }) });
  assert.deepEqual(one.shared, { value: 1 });
  assert.equal(one.shared, two.shared);
  assert.deepEqual(one.when, when);
  assert.deepEqual(one.map, new Map([[1, "a"]]));
  assert.equal(one.big, 5n);
  assert.ok("none" in one);
  assert.deepEqual(two.bytes, new Uint8Array([1, 2]));
});

class Account {}

for (
  const [what, value] of [
    ["a function", () => {}],
    ["an element", h("p", null)],
    ["an instance", new Account()],
    ["a signal with a function", signal(() => {})],
  ] as const
) {
  Deno.test(`stringifyProps(), refuses ${what} and says where it is`, () => {
    assert.throws(() => stringify({}, { given: [value] }), {
      message: /^Cannot give property 'given\[0\].*' to island Chart: no function/,
    });
  });
}
