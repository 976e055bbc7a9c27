import assert from "node:assert/strict";
import { join } from "node:path";
import { type Bundle, bundle } from "./bundle.ts";

/** Bundles one island made of `code`, beside `other.ts`. */
async function bundleOf(code: string): Promise<Bundle & { readonly folder: string }> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(join(folder, "one.tsx"), code);
    await Deno.writeTextFile(join(folder, "other.ts"), 'export const other = "of another file";');
    const islands = new Map([["island_one", join(folder, "one.tsx")]]);
    return { ...await bundle({ islands, mode: "production" }), folder };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function textOf({ files }: Bundle): string {
  return [...files.values()].map((body) => new TextDecoder().decode(body)).join("\n");
}

Deno.test("bundle(), packages are found without node_modules, also those with no exports", async () => {
  const made = await bundleOf(`
    import uPlot from "uplot";
    import { useState } from "preact/hooks";
    import { signal } from "@preact/signals";
    export function One() { return <p>{useState(uPlot.name)}{signal(1)}</p>; }
  `);
  assert.ok(made.files.has("island_one.js"));
  assert.ok(made.files.has("boot.js"));
  assert.match(textOf(made), /u-legend/);
  assert.doesNotMatch(textOf(made), /require\(/);
});

Deno.test("bundle(), names the sources of ours, and no package", async () => {
  const { sources, folder } = await bundleOf(
    'import "preact"; import { other } from "./other.ts"; export const One = () => other;',
  );
  assert.ok(sources.includes(join(folder, "one.tsx")));
  assert.ok(sources.includes(join(folder, "other.ts")));
  assert.ok(sources.some((path) => path.endsWith("client/boot.ts")));
  assert.deepEqual(sources.filter((path) => path.includes("preact")), []);
});

Deno.test("bundle(), the same sources give the same bytes", async () => {
  const code = 'import { signal } from "@preact/signals"; export const One = () => signal(1);';
  assert.equal(textOf(await bundleOf(code)), textOf(await bundleOf(code)));
});

Deno.test("bundle(), in a browser 'fresh/runtime' knows that it is in one", async () => {
  const made = await bundleOf(
    'import { IS_BROWSER } from "fresh/runtime"; export const One = () => IS_BROWSER ? "yes" : "no";',
  );
  assert.match(textOf(made), /"yes"/);
});

Deno.test("bundle(), without islands there is nothing to load", async () => {
  const { files } = await bundle({ islands: new Map(), mode: "production" });
  assert.equal(files.size, 0);
});

const MISTAKES: readonly (readonly [what: string, code: string, reason: RegExp])[] = [
  [
    "the server's side of Fresh",
    'import { App } from "fresh"; console.log(App);',
    /'fresh' is for/,
  ],
  ["a module of Node", 'import fs from "node:fs"; console.log(fs);', /'node:fs' is for the server/],
  ["an unknown package", 'import x from "nowhere"; console.log(x);', /nowhere/],
  ["a syntax error", "export const One = () => <p>;", /one\.tsx/],
];

for (const [what, code, reason] of MISTAKES) {
  Deno.test(`bundle(), refuses an island with ${what}`, async () => {
    await assert.rejects(bundleOf(code), { message: reason });
  });
}
