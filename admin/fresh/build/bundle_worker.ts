/** The worker of `bundle.ts`: one question, one answer. */
import { build, stop } from "esbuild";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { BOOT, type Bundle, type BundleAnswer, type BundleOptions, LIVE_RELOAD } from "./bundle.ts";
import { isInside, packagesOfDeno } from "./packages.ts";

/** Browsers from 2023 on. */
const TARGETS: readonly string[] = ["chrome111", "firefox113", "safari16.4"];

const clientModule = (name: string): string =>
  fileURLToPath(new URL(`../client/${name}.ts`, import.meta.url));

globalThis.addEventListener("message", async ({ data }: MessageEvent<BundleOptions>) => {
  const answer: BundleAnswer = await makeBundle(data).then(
    (made) => ({ made }),
    (error) => ({ problem: error instanceof Error ? error.message : String(error) }),
  );
  globalThis.postMessage(answer);
});

/** One bundle per island, what they share in chunks, and the one that starts them. */
async function makeBundle({ islands, mode }: BundleOptions): Promise<Bundle> {
  const isProduction = mode === "production";
  const folders = new Set<string>();
  const workingDir = resolve(".");
  try {
    const { outputFiles, metafile } = await build({
      entryPoints: Object.fromEntries([
        ...(islands.size === 0 ? [] : [[BOOT, clientModule(BOOT)] as const, ...islands]),
        ...(isProduction ? [] : [[LIVE_RELOAD, clientModule(LIVE_RELOAD)] as const]),
      ]),
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
    await stop();
  }
}
