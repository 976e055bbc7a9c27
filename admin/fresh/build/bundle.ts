/** Bundles islands for browsers, with esbuild. */
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Mode } from "../config.ts";
import { isInside, packagesOfDeno } from "./packages.ts";

/** Browsers from 2023 on. */
const TARGETS: readonly string[] = ["chrome111", "firefox113", "safari16.4"];

/** Starts the islands of a page. */
export const BOOT = "boot";
/** Watches the server of development. */
export const LIVE_RELOAD = "live_reload";

const clientModule = (name: string): string =>
  fileURLToPath(new URL(`../client/${name}.ts`, import.meta.url));

export interface BundleOptions {
  /** Absolute paths of the island modules by the name that their bundle gets. */
  readonly islands: ReadonlyMap<string, string>;
  readonly mode: Mode;
}

export interface Bundle {
  /** By file name: `<island>.js`, `boot.js`, `live_reload.js`, and chunks that several share. */
  readonly files: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Absolute paths of the sources it was made of, without those of packages. */
  readonly sources: readonly string[];
}

/** @throws {Error} with esbuild's message for a source that cannot be bundled */
export async function bundle({ islands, mode }: BundleOptions): Promise<Bundle> {
  const isProduction = mode === "production";
  const entryPoints = Object.fromEntries([
    ...(islands.size === 0 ? [] : [[BOOT, clientModule(BOOT)] as const, ...islands]),
    ...(isProduction ? [] : [[LIVE_RELOAD, clientModule(LIVE_RELOAD)] as const]),
  ]);
  if (Object.keys(entryPoints).length === 0) return { files: new Map(), sources: [] };
  // Only to build: a server that starts from a build needs neither the package nor --allow-run.
  const esbuild = await import("esbuild");
  const folders = new Set<string>();
  const workingDir = resolve(".");
  try {
    const { outputFiles, metafile } = await esbuild.build({
      entryPoints,
      bundle: true,
      splitting: true,
      format: "esm",
      platform: "browser",
      target: [...TARGETS],
      jsx: "automatic",
      jsxImportSource: "preact",
      tsconfigRaw: {},
      minify: isProduction,
      sourcemap: isProduction ? false : "inline",
      legalComments: "none",
      chunkNames: "chunk_[hash]",
      absWorkingDir: workingDir,
      outdir: "bundle",
      write: false,
      metafile: true,
      logLevel: "silent",
      plugins: [packagesOfDeno(folders)],
    });
    return {
      files: new Map(outputFiles.map(({ path, contents }) => [basename(path), contents.slice()])),
      sources: Object.keys(metafile.inputs).map((path) => resolve(workingDir, path))
        .filter((path) => ![...folders].some((folder) => isInside(folder, path))),
    };
  } finally {
    await esbuild.stop();
  }
}
