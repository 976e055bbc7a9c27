/** Bundles islands for browsers. */
import type { Mode } from "../config.ts";

/** The bundle that starts the islands of a page. */
export const BOOT = "boot";
/** The bundle that watches the server of development. */
export const LIVE_RELOAD = "live_reload";

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

/** What the worker answers with. */
export type BundleAnswer = { readonly made: Bundle } | { readonly problem: string };

/**
 * esbuild runs in a worker: it is loaded when something has to be bundled and not before, and what
 * it leaves behind (it does not wait for the process that it has started) ends with the worker.
 * @throws {Error} with esbuild's message for a source that cannot be bundled, and when esbuild may
 *   not be run; nobody is asked for the permission
 */
export async function bundle(options: BundleOptions): Promise<Bundle> {
  const hasEntry = options.islands.size > 0 || options.mode === "development";
  if (!hasEntry) return { files: new Map(), sources: [] };
  const { state } = await Deno.permissions.query({ name: "run" });
  if (state !== "granted") throw new Error("esbuild needs the permission --allow-run");
  const worker = new Worker(new URL("./bundle_worker.ts", import.meta.url), { type: "module" });
  try {
    const answer = await answerOf(worker, options);
    if ("problem" in answer) throw new Error(answer.problem);
    return answer.made;
  } finally {
    worker.terminate();
  }
}

function answerOf(worker: Worker, options: BundleOptions): Promise<BundleAnswer> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message));
    };
    worker.postMessage(options);
  });
}
