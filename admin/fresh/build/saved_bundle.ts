/**
 * A bundle on disk, so that only the first start after a change waits for esbuild: one file that
 * has the bundle and what it was made of. It is written beside its place and then moved there, so
 * nobody reads half of one.
 */
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bundle } from "./bundle.ts";
import { hashOf } from "./files.ts";

/** A change of either can change a bundle without changing a source. */
const INGREDIENTS: readonly string[] = ["./bundle_worker.ts", "./packages.ts", "../../deno.json"]
  .map((path) => fileURLToPath(new URL(path, import.meta.url)));

interface Saved {
  /** Of the sources and of which islands there are. */
  readonly key: string;
  /** Relative to the file's folder. */
  readonly sources: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

type BundleFiles = Bundle["files"];

/**
 * The files of the bundle, or `null` when there is none of these `islands` as they are now.
 * `isCompiledIn`: it was put into an executable, with the sources it was made of or without them.
 */
export async function loadBundle(
  path: string,
  islands: readonly string[],
  isCompiledIn: boolean = Deno.build.standalone,
): Promise<BundleFiles | null> {
  const saved = await readSaved(path);
  if (saved === null) return null;
  if (!isCompiledIn && await keyOf(path, saved.sources, islands) !== saved.key) return null;
  const encoder = new TextEncoder();
  return new Map(
    Object.entries(saved.files).map(([name, text]) => [name, encoder.encode(text)]),
  );
}

export async function saveBundle(
  path: string,
  islands: readonly string[],
  { files, sources }: Bundle,
): Promise<void> {
  const relativeSources = sources.map((source) => relative(dirname(path), source)).sort();
  const decoder = new TextDecoder();
  const saved: Saved = {
    key: await keyOf(path, relativeSources, islands) ?? "",
    sources: relativeSources,
    files: Object.fromEntries([...files].map(([name, body]) => [name, decoder.decode(body)])),
  };
  await Deno.mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(unfinished, JSON.stringify(saved));
  await Deno.rename(unfinished, path);
}

async function readSaved(path: string): Promise<Saved | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** `null` when one of the sources is gone. */
async function keyOf(
  path: string,
  sources: readonly string[],
  islands: readonly string[],
): Promise<string | null> {
  const all = [...INGREDIENTS, ...sources.map((source) => join(dirname(path), source))];
  try {
    const texts = await Promise.all(all.map((source) => Deno.readTextFile(source)));
    return hashOf([...islands, ...sources, ...texts]);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
