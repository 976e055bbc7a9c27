/** Reading what a build is made of. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ClientFile } from "./client_build.ts";

const CONTENT_TYPES: ReadonlyMap<string, string> = new Map([
  ["avif", "image/avif"],
  ["css", "text/css; charset=utf-8"],
  ["gif", "image/gif"],
  ["ico", "image/x-icon"],
  ["jpg", "image/jpeg"],
  ["js", "text/javascript; charset=utf-8"],
  ["json", "application/json"],
  ["pdf", "application/pdf"],
  ["png", "image/png"],
  ["svg", "image/svg+xml"],
  ["txt", "text/plain; charset=utf-8"],
  ["webmanifest", "application/manifest+json"],
  ["webp", "image/webp"],
  ["woff2", "font/woff2"],
]);

/** 128 bits: nobody but ourselves chooses the content. */
const HASH_DIGITS = 32;

/** A hash of texts and files, in order; where one ends and the next begins counts too. */
export function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    const bytes = typeof part === "string" ? new TextEncoder().encode(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return hash.digest("hex").slice(0, HASH_DIGITS);
}

export function clientFile(name: string, body: Uint8Array<ArrayBuffer>): ClientFile {
  const extension = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return {
    body,
    contentType: CONTENT_TYPES.get(extension) ?? "application/octet-stream",
    hash: hashOf([body]),
  };
}

/** Relative paths of all files below `folder`, with `/`, sorted; none where there is no folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of entriesOf(folder)) {
    if (entry.isFile) found.push(entry.name);
    else if (entry.isDirectory) {
      const deeper = await filesBelow(join(folder, entry.name));
      found.push(...deeper.map((path) => `${entry.name}/${path}`));
    }
  }
  return found.sort();
}

async function* entriesOf(folder: string): AsyncGenerator<Deno.DirEntry> {
  try {
    yield* Deno.readDir(folder);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Those that are code and no test. */
export function modulesOf(paths: readonly string[]): string[] {
  return paths.filter((path) => /\.tsx?$/.test(path) && !/_test\.tsx?$/.test(path));
}

export function withoutExtension(path: string): string {
  return path.replace(/\.tsx?$/, "");
}
