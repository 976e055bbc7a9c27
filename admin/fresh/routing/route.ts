/** A route: its handlers, its page, and how the two answer a request. */
import { h } from "preact";
import type { RouteConfig } from "../config.ts";
import { type Context, pageProps, type RouteComponent } from "../context.ts";
import type { HandlerFn, Method, PageResponse, RouteHandler } from "../handlers.ts";
import { HttpError } from "../http_error.ts";

export interface Route<State> {
  readonly component: RouteComponent<State> | null;
  // deno-lint-ignore no-explicit-any -- data of the route's own page.
  readonly handler: RouteHandler<any, State> | null;
  readonly config: RouteConfig;
}

/**
 * Runs the handler of the request's method and renders the page with what it gives; a page without
 * one is rendered for GET. `status` is that of a page whose handler names none.
 * @throws {HttpError} 405 for a method without a handler
 */
export async function answerRoute<State>(
  ctx: Context<State>,
  route: Route<State>,
  status = 200,
): Promise<Response> {
  const handle = handlerFor(ctx, route);
  const answer: Response | PageResponse<unknown> = await handle(ctx);
  if (answer instanceof Response) return answer;
  const { component, config } = route;
  return await ctx.render(
    component === null ? null : h(component, pageProps(ctx, answer.data)),
    { status: answer.status ?? status, ...(answer.headers && { headers: answer.headers }) },
    config,
  );
}

function handlerFor<State>(
  ctx: Context<State>,
  { handler, component }: Route<State>,
): HandlerFn<unknown, State> {
  if (typeof handler === "function") return handler;
  const asked = ctx.req.method as Method;
  // An error page is shown whatever was asked.
  const method = asked === "HEAD" || ctx.error !== null ? "GET" : asked;
  const own = handler?.[asked] ?? handler?.[method];
  if (own !== undefined) return own;
  if (method === "GET" && component !== null) return () => ({ data: undefined });
  throw new HttpError(405, `${asked} is not possible here`);
}
