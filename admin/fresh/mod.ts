/**
 * `fresh`: the part of Fresh 2's public API (https://fresh.deno.dev) that the admin uses, written
 * anew. Fresh itself is published on JSR only; `admin/deno.fresh.json` maps the same names to it.
 */
export { App } from "./app.ts";
export type { FreshConfig, LayoutConfig, ResolvedFreshConfig, RouteConfig } from "./config.ts";
export type { Context, PageProps } from "./context.ts";
export { createDefine, type Define } from "./define.ts";
export {
  type HandlerByMethod,
  type HandlerFn,
  type Method,
  type Middleware,
  page,
  type PageResponse,
  type RouteHandler,
} from "./handlers.ts";
export { HttpError } from "./http_error.ts";
export { csp, type CSPOptions } from "./middlewares/csp.ts";
export { csrf, type CsrfOptions } from "./middlewares/csrf.ts";
export { staticFiles } from "./middlewares/static_files.ts";
