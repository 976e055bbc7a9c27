/** How much memory is in use once everything that nobody needs is gone. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Objects and buffers of this thread, in bytes, after a collection. */
export function usedBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect: () => void = runInNewContext("gc");
  collect();
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
