/** Refuses forms and calls that come from pages of another site. */
import type { Context } from "../context.ts";
import type { Middleware } from "../handlers.ts";
import { HttpError } from "../http_error.ts";

export interface CsrfOptions<State> {
  /** Whose pages may send; the origin of the request itself when absent. */
  readonly origin?: string | readonly string[] | ((origin: string, ctx: Context<State>) => boolean);
}

const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/**
 * Browsers say where a request comes from with `Sec-Fetch-Site`, older ones with `Origin`. Whoever
 * sends neither is no browser, and has no cookies of one. Refused is with 403.
 */
export function csrf<State>({ origin: allowed }: CsrfOptions<State> = {}): Middleware<State> {
  const isAllowed = (origin: string, ctx: Context<State>): boolean => {
    if (allowed === undefined) return origin === ctx.url.origin;
    if (typeof allowed === "function") return allowed(origin, ctx);
    return [allowed].flat().includes(origin);
  };
  return (ctx) => {
    const { method, headers } = ctx.req;
    if (SAFE_METHODS.includes(method)) return ctx.next();
    const site = headers.get("sec-fetch-site");
    const origin = headers.get("origin");
    const isOwn = site === null ? origin === null : site === "same-origin" || site === "none";
    if (isOwn || (origin !== null && isAllowed(origin, ctx))) return ctx.next();
    throw new HttpError(403, "This form was sent from another site");
  };
}
