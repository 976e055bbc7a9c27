/** Tells browsers what a page may load. */
import type { Middleware } from "../handlers.ts";

export interface CSPOptions {
  /** Directives that are added, or take the place of the default of that name. */
  readonly csp?: readonly string[];
  /** Inline scripts and styles need a nonce. Nothing here renders any, so they are just forbidden. */
  readonly useNonce?: boolean;
}

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
  "upgrade-insecure-requests",
];

/** Every answer has the header but what `_error.tsx` and `_404.tsx` of `routes/` make of an error. */
export function csp<State>({ csp = [], useNonce = false }: CSPOptions = {}): Middleware<State> {
  const nameOf = (directive: string): string => directive.split(" ")[0]!;
  const own = csp.map(nameOf);
  const policy = [...DEFAULTS.filter((one) => !own.includes(nameOf(one))), ...csp]
    .map((directive) => useNonce ? directive.replace(" 'unsafe-inline'", "") : directive)
    .join("; ");
  return async (ctx) => {
    const response = await ctx.next();
    response.headers.set("Content-Security-Policy", policy);
    return response;
  };
}
