/** What a middleware, a route and a page know of the request, and how they answer it. */
import { type AnyComponent, type FunctionComponent, h, type JSX } from "preact";
import type { ClientBuild } from "./build/client_build.ts";
import type { LayoutConfig, ResolvedFreshConfig } from "./config.ts";
import { renderDocument } from "./render/document.ts";

/** What a page, a layout and `_app.tsx` get; `data` is what the handler of the page gave. */
export type PageProps<Data = unknown, State = unknown> =
  & Pick<
    Context<State>,
    "config" | "url" | "req" | "params" | "info" | "state" | "error" | "route" | "Component"
  >
  & { data: Data };

// deno-lint-ignore no-explicit-any -- each file has data of its own; fs_routes.ts pairs them.
export type RouteComponent<State> = AnyComponent<PageProps<any, State>>;

/** What is rendered around a page; grows from the outermost folder inwards. */
export interface Surroundings<State> {
  readonly app: RouteComponent<State> | null;
  readonly layouts: readonly RouteComponent<State>[];
}

/** Key of what is for this implementation only. */
export const SURROUNDINGS: unique symbol = Symbol("surroundings");
export const BUILD: unique symbol = Symbol("build");

export interface ContextInit {
  readonly req: Request;
  readonly url: URL;
  readonly info: Deno.ServeHandlerInfo;
  readonly route: string | null;
  readonly params: Record<string, string>;
  readonly config: ResolvedFreshConfig;
  readonly build: ClientBuild;
}

export class Context<State> {
  /** A middleware may put another one in its place. */
  req: Request;
  /** Double slashes are folded, so that a path never names another host. */
  readonly url: URL;
  readonly info: Deno.ServeHandlerInfo;
  /** Pattern of the matched route; `null` when there is none. */
  readonly route: string | null;
  /** Values of `[name]` and `[...name]` in the path. */
  readonly params: Record<string, string>;
  readonly config: ResolvedFreshConfig;
  readonly state: State = {} as State;
  /** What was thrown, for `_error.tsx`; `null` as long as nothing was. */
  error: unknown = null;
  /** Runs what comes after the middleware that calls it. */
  next: () => Promise<Response> = () => Promise.reject(new Error("ctx.next() has nothing to run"));
  /** What a layout or `_app.tsx` stands around; nothing for anything else. */
  readonly Component: FunctionComponent = () => null;
  readonly [BUILD]: ClientBuild;
  [SURROUNDINGS]: Surroundings<State> = { app: null, layouts: [] };

  constructor({ req, url, info, route, params, config, build }: ContextInit) {
    this.req = req;
    this.url = url;
    this.info = info;
    this.route = route;
    this.params = params;
    this.config = config;
    this[BUILD] = build;
  }

  /** Sends the browser to a path of this site, or to an absolute URL. */
  redirect(pathOrUrl: string, status = 302): Response {
    const isPath = pathOrUrl.startsWith("/") || pathOrUrl.startsWith("\\");
    // Two slashes, or what browsers take for them, would name another host.
    const location = isPath ? pathOrUrl.replace(/^[/\\]+/, "/") : pathOrUrl;
    return new Response(null, { status, headers: { location } });
  }

  /** Answers with a page: layouts and `_app.tsx` around `vnode`, unless `config` skips them. */
  render(
    vnode: JSX.Element | null,
    init: ResponseInit = {},
    config: LayoutConfig = {},
  ): Promise<Response> {
    const { app, layouts } = this[SURROUNDINGS];
    const { html, modules } = renderDocument({
      content: (config.skipInheritedLayouts ? [] : layouts).reduceRight<JSX.Element | null>(
        (inner, layout) => this.#around(layout, inner),
        vnode,
      ),
      frame: config.skipAppWrapper || app === null ? null : (content) => this.#around(app, content),
      build: this[BUILD],
    });
    const headers = new Headers(init.headers);
    headers.set("Content-Type", "text/html; charset=utf-8");
    if (modules.length > 0) {
      headers.append("Link", modules.map((path) => `<${path}>; rel="modulepreload"`).join(", "));
    }
    return Promise.resolve(new Response(html, { ...init, headers }));
  }

  #around(outer: RouteComponent<State>, inner: JSX.Element | null): JSX.Element {
    return h(outer, { ...pageProps(this, null), Component: () => inner });
  }
}

export function pageProps<Data, State>(
  ctx: Context<State>,
  data: Data,
): PageProps<Data, State> {
  const { config, url, req, params, info, state, error, route, Component } = ctx;
  return { config, url, req, params, info, state, error, route, Component, data };
}
