/** Closing many links at once, for a server that stops. */
import type { Clock } from "../clock.ts";
import { withinMs } from "../within.ts";
import type { Link } from "./types.ts";

/** How long queued output, and the other side's goodbye, may take a stopping server, in ms. */
export const CLOSE_LIMIT_MS = 1000;

/**
 * Closes every link and waits until their output has left and the other sides have closed too. What
 * is not gone within the limit is cut off, so that nothing of a link outlives the server.
 */
export async function closeLinks(
  links: Iterable<Link>,
  { clock, reason }: { readonly clock: Clock; readonly reason: string },
): Promise<void> {
  const closing = [...links];
  for (const link of closing) link.close(reason);
  const allGone = Promise.all(closing.map((link) => link.whenGone()));
  if (await withinMs(clock, CLOSE_LIMIT_MS, allGone)) return;
  for (const link of closing) link.abort(reason);
  await allGone;
}
