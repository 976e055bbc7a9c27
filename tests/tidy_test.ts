/** Keeps the tree as docs and style promise: layers, length, wrappers, leftovers. */
import assert from "node:assert/strict";
import { pitfallIds, unnamed } from "./tidy/pitfalls.ts";
import { type Rule, RULES } from "./tidy/rules.ts";
import { readTree, sourceFile } from "./tidy/source.ts";

/** Offences that are meant: which rule, which file, why. Each must still be needed. */
const EXEMPTIONS: readonly (readonly [rule: string, path: string, reason: string])[] = [
  ["no leftovers", "tests/tidy/rules.ts", "names what it looks for"],
  ["no leftovers", "tests/tidy_test.ts", "shows what is found"],
  ["no paths of one machine", "tests/tidy_test.ts", "shows what is found"],
  ["assertions are strict", "tests/tidy_test.ts", "shows what is found"],
  ["no import from jsr: or https:", "tests/tidy_test.ts", "shows what is found"],
  ["console only in main.ts and in benchmarks", "proto/generate.ts", "a developer's command"],
];

const files = readTree(`${import.meta.dirname}/..`);

for (const { name, check } of RULES) {
  Deno.test(`tidy: ${name}`, () => {
    const exempt = EXEMPTIONS.filter(([rule]) => rule === name).map(([, path]) => path);
    const offences = files.flatMap((file) =>
      check(file).map((what) => ({ path: file.path, what }))
    );
    assert.deepEqual(
      offences.filter(({ path }) => !exempt.includes(path)).map((one) => `${one.path} ${one.what}`),
      [],
    );
    const needless = exempt.filter((path) => !offences.some((one) => one.path === path));
    assert.deepEqual(needless, [], "exemptions that are not needed any more");
  });
}

Deno.test("tidy: the tree is read, and every exemption names a rule", () => {
  assert.ok(files.some(({ path }) => path === "shared/pdu/decoder.ts"));
  assert.ok(!files.some(({ path }) => path.startsWith("proto/gen/")));
  for (const [rule] of EXEMPTIONS) assert.ok(RULES.some(({ name }) => name === rule), rule);
});

/** For each rule what it must find, and what it must not. */
const SAMPLES: readonly (readonly [rule: string, path: string, text: string, offences: number])[] =
  [
    ["imports follow the layers", "proto/a.ts", 'import { x } from "../shared/clock.ts";', 1],
    ["imports follow the layers", "shared/a.ts", 'export * from "../servers/msg/a.ts";', 1],
    ["imports follow the layers", "shared/a.ts", 'await import("../tests/a.ts");', 1],
    ["imports follow the layers", "shared/a.ts", 'import {\n  x,\n} from "../tests/a.ts";', 1],
    ["imports follow the layers", "shared/a.ts", '// from "../tests/a.ts"', 0],
    ["imports follow the layers", "servers/msg/a.ts", 'import type { X } from "../route/a.ts";', 1],
    ["imports follow the layers", "servers/msg/b/a.ts", 'import { x } from "../state/a.ts";', 0],
    ["imports follow the layers", "servers/suite/a.ts", 'import { x } from "../route/a.ts";', 0],
    ["imports follow the layers", "admin/a.ts", 'import { x } from "../servers/msg/a.ts";', 1],
    ["imports follow the layers", "elsewhere/a.ts", "", 1],
    ["no import from jsr: or https:", "shared/a.ts", 'import "jsr:@std/assert";', 1],
    ["no import from jsr: or https:", "shared/a.ts", 'import fs from "node:fs";', 0],
    [
      "assertions are strict",
      "shared/a_test.ts",
      'import { deepEqual, equal, ok } from "node:assert/strict";',
      2,
    ],
    [
      "assertions are strict",
      "shared/a_test.ts",
      'import assert, { strictEqual as equal } from "node:assert/strict";\nassert.deepEqual(1, 1);',
      0,
    ],
    ["no file over 400 lines without a reason at its top", "shared/a.ts", "x;\n".repeat(401), 1],
    ["no file over 400 lines without a reason at its top", "shared/a.ts", "x;\n".repeat(400), 0],
    [
      "no file over 400 lines without a reason at its top",
      "shared/a.ts",
      "// More than 400 lines: a table.\n" + "x;\n".repeat(401),
      0,
    ],
    ["file names are snake_case", "shared/fooBar/memory-link.ts", "", 2],
    ["file names are snake_case", "admin/routes/(app)/[id]/_layout.tsx", "", 0],
    ["file names are snake_case", "admin/routes/[...path].ts", "", 0],
    ["file names are snake_case", "admin/routes/(anApp)/[userId].tsx", "", 2],
    ["file names are snake_case", "admin/islands/_one.tsx", "", 1],
    ["no state at module level", "shared/a.ts", "let x = 1;", 1],
    ["no state at module level", "admin/lib/a.ts", "let x = 1;", 1],
    ["no state at module level", "shared/a.ts", "export const cache = new Map<string, X>();", 1],
    ["no state at module level", "servers/msg/a.ts", "const list: X[] = [];", 1],
    [
      "no state at module level",
      "shared/a.ts",
      "const table: ReadonlyMap<string, X> = new Map([]);",
      0,
    ],
    ["no state at module level", "shared/a.ts", "function f() {\n  let x = 1;\n}", 0],
    ["time comes from the clock", "shared/a.ts", "const t = Date.now();", 1],
    ["time comes from the clock", "shared/a.ts", 'const t = "Date.now()"; // Date.now()', 0],
    ["time comes from the clock", "shared/a.ts", 'const r = /["`]/; const t = Date.now();', 1],
    ["time comes from the clock", "servers/msg/main.ts", "Date.now();", 0],
    ["chance comes from Random", "servers/msg/a.ts", "Math.random();", 1],
    [
      "timers come from the clock",
      "servers/msg/a.ts",
      "setTimeout(run, 1); setInterval(run, 1);",
      2,
    ],
    ["the environment is read at the edge", "shared/a.ts", 'Deno.env.get("X");', 1],
    ["console only in main.ts and in benchmarks", "shared/a.ts", "console.log(1);", 1],
    ["no leftovers", "shared/a.ts", "// TODO: rest\nthrow new Error('Not implemented');", 2],
    ["no paths of one machine", "shared/a.ts", 'const a = "/home/x", b = "/tmp";', 2],
    ["no paths of one machine", "shared/a.ts", 'const a = "/workers/x", b = "/root_page";', 0],
  ];

for (const [name, path, text, offences] of SAMPLES) {
  Deno.test(`tidy: '${name}' finds ${offences} in ${path}: ${JSON.stringify(text).slice(0, 60)}`, () => {
    const rule: Rule = RULES.find((one) => one.name === name)!;
    assert.equal(rule.check(sourceFile(path, text)).length, offences);
  });
}

Deno.test("tidy: every pitfall of docs/spec/pitfalls.md is named by a test, or says why not", () => {
  const text = Deno.readTextFileSync(`${import.meta.dirname}/../docs/spec/pitfalls.md`);
  const ids = pitfallIds(text);
  assert.ok(ids.length > 140, "the table is read");
  assert.deepEqual(unnamed(ids, files), []);
});

Deno.test("tidy: a pitfall without a test is found", () => {
  const rows = [
    "| P-ABC1 | a |",
    "| P-ABC10 | b |",
    "| P-ABC2 | c. Not applied: because |",
    "P-ABC3",
  ];
  const ids = pitfallIds(rows.join("\n"));
  assert.deepEqual(ids, ["P-ABC1", "P-ABC10"]);
  const named = { path: "shared/a_test.ts", text: 'Deno.test("that (P-ABC10)")' };
  assert.deepEqual(unnamed(ids, [named]), ["P-ABC1"]);
  assert.deepEqual(unnamed(ids, [{ ...named, path: "shared/a.ts" }]), ids);
  assert.deepEqual(unnamed(ids, [{ ...named, text: "(P-ABC1, 10)" }]), []);
});
