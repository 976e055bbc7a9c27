/** Closing many links at once, for a server that stops. */
import type { Clock } from "../clock.ts";
import { withinMs } from "../within.ts";
import type { Link } from "./types.ts";

/** How long output that is queued may take to leave a stopping server, in milliseconds. */
export const FLUSH_LIMIT_MS = 1000;

/** Closes every link and waits until their output has left, or the limit has passed. */
export async function closeLinks(
  links: Iterable<Link>,
  { clock, reason }: { readonly clock: Clock; readonly reason: string },
): Promise<void> {
  const flushed: Promise<void>[] = [];
  for (const link of links) {
    link.close(reason);
    flushed.push(link.whenFlushed());
  }
  await withinMs(clock, FLUSH_LIMIT_MS, Promise.all(flushed));
}
