/** A worker that opens the file of each message it gets at the moment that the message names. */
import { systemClock } from "../../../clock.ts";
import { openSqliteStorage } from "../mod.ts";

export interface OpenRequest {
  readonly path: string;
  /** Number of workers that are ready; the last one wakes all. */
  readonly ready: Int32Array;
  readonly workers: number;
}

function waitForAll({ ready, workers }: OpenRequest): void {
  if (Atomics.add(ready, 0, 1) + 1 === workers) Atomics.notify(ready, 0);
  for (let count = 0; (count = Atomics.load(ready, 0)) < workers;) {
    Atomics.wait(ready, 0, count, 10);
  }
}

async function openTogether(request: OpenRequest): Promise<string> {
  waitForAll(request);
  try {
    await openSqliteStorage({ path: request.path, clock: systemClock }).close();
    return "opened";
  } catch (error) {
    return String(error instanceof Error ? error.cause : error);
  }
}

self.addEventListener("message", async (event: MessageEvent<OpenRequest>) => {
  self.postMessage(await openTogether(event.data));
});
