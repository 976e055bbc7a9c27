/** Headers that protect what the pages show, and who looks at them. */

/** Of error pages, which have no islands. */
const STILL_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * Pages show what only this administrator may see: no cache keeps them, no other site hears of them
 * or frames them, and nothing inline runs. A policy that is there already loses what would let
 * inline code run, and `upgrade-insecure-requests`: with that one nobody could use the pages over
 * plain HTTP, as in the network of a company, except from the same machine.
 */
export function protect(headers: Headers): void {
  const policy = headers.get("Content-Security-Policy") ?? STILL_POLICY;
  const strict = policy.replaceAll(" 'unsafe-inline'", "").split(/; */)
    .filter((directive) => directive !== "upgrade-insecure-requests");
  headers.set("Content-Security-Policy", strict.join("; "));
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
}
