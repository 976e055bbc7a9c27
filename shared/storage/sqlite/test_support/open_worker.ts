/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/** A worker that opens new files, each in the same moment as the other workers. */
import { systemClock } from "../../../clock.ts";
import { openSqliteStorage } from "../mod.ts";

export interface OpenRequest {
  readonly paths: readonly string[];
  readonly workers: number;
  /** For each path, the number of workers that are ready to open it. */
  readonly ready: Int32Array;
}

/** What went wrong, if anything. */
async function openAll({ paths, workers, ready }: OpenRequest): Promise<string[]> {
  const failures: string[] = [];
  for (const [i, path] of paths.entries()) {
    Atomics.add(ready, i, 1);
    // Busy waiting: being woken takes longer than the moment that the test is about.
    while (Atomics.load(ready, i) < workers);
    try {
      await openSqliteStorage({ path, clock: systemClock }).close();
    } catch (error) {
      failures.push(String(error instanceof Error ? error.cause : error));
    }
  }
  return failures;
}

self.addEventListener("message", async ({ data }: MessageEvent<OpenRequest>) => {
  self.postMessage(await openAll(data));
});
