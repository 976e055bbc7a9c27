/** The thread behind `pace.ts`: tells it often that time has passed, once for each time it listens. */
/// <reference lib="deno.worker" />

/** Values of the shared state: the last tick was heard, or is still on its way. */
export const IDLE = 0;
export const TICKED = 1;

/** Short against the latencies that are measured, long enough to cost little CPU. */
const TICK_MS = 0.3;

function tickForever(state: Int32Array): never {
  const sleeper = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (;;) {
    Atomics.wait(sleeper, 0, 0, TICK_MS);
    if (Atomics.compareExchange(state, 0, IDLE, TICKED) === IDLE) self.postMessage(null);
  }
}

// Also imported for its constants, where there is no worker to run.
if (typeof WorkerGlobalScope !== "undefined" && self instanceof WorkerGlobalScope) {
  self.onmessage = ({ data }: MessageEvent<Int32Array>) => tickForever(data);
}
