/** What the admin is made of: for the page about it. */

/** The suite's own version, as in `deno.json`. */
export const VERSION = "0.1.0";

export interface Part {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly holder: string;
}

/** Packages that pages send to the browser or that render them; a test compares with the lock. */
export const PARTS: readonly Part[] = [
  { name: "preact", version: "10.29.8", licence: "MIT", holder: "Jason Miller" },
  {
    name: "preact-render-to-string",
    version: "6.8.2",
    licence: "MIT",
    holder: "Jason Miller",
  },
  { name: "@preact/signals", version: "2.11.4", licence: "MIT", holder: "Preact Team" },
  { name: "devalue", version: "6.0.3", licence: "MIT", holder: "the devalue contributors" },
  { name: "esbuild", version: "0.28.2", licence: "MIT", holder: "Evan Wallace" },
  { name: "uplot", version: "1.6.32", licence: "MIT", holder: "Leon Sorokin" },
];
