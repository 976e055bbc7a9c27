/** Tells browsers what a page may load. */
import { FINAL_HEADERS } from "../context.ts";
import type { Middleware } from "../handlers.ts";

export interface CSPOptions {
  /** Directives that are added, or take the place of the default of that name. */
  readonly csp?: readonly string[];
  /** Inline scripts and styles need a nonce. Nothing here renders any, so they are just forbidden. */
  readonly useNonce?: boolean;
}

/**
 * Fresh's, without `upgrade-insecure-requests`: with it nobody could use the pages over plain HTTP,
 * as in the network of a company, except from the same machine.
 */
const DEFAULTS: readonly string[] = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data:",
  "media-src 'self' data: blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
];

/** Error pages have the header too, unlike in Fresh, where it is lost with what was thrown. */
export function csp<State>({ csp = [], useNonce = false }: CSPOptions = {}): Middleware<State> {
  const nameOf = (directive: string): string => directive.split(" ")[0]!;
  const own = csp.map(nameOf);
  const policy = [...DEFAULTS.filter((one) => !own.includes(nameOf(one))), ...csp]
    .map((directive) => useNonce ? directive.replace(" 'unsafe-inline'", "") : directive)
    .join("; ");
  return (ctx) => {
    ctx[FINAL_HEADERS].set("Content-Security-Policy", policy);
    return ctx.next();
  };
}
