/** An application: middlewares and routes, and the one function that answers requests with them. */
import { type ClientBuild, NO_BUILD } from "./build/client_build.ts";
import type { FreshConfig, ResolvedFreshConfig } from "./config.ts";
import { Context } from "./context.ts";
import type { Method, Middleware } from "./handlers.ts";
import { HttpError } from "./http_error.ts";
import { withBuild } from "./render/request_build.ts";
import { readRoutes, type RouteFile } from "./routing/fs_routes.ts";
import { answerRoute } from "./routing/route.ts";
import { type Match, Router } from "./routing/router.ts";
import { compose, type Composed, Scope } from "./routing/scope.ts";

/** What a build gives to an app: see `Builder` of `fresh/dev`. */
export interface AppBuild<State> extends ClientBuild {
  readonly root: string;
  readonly routes: readonly RouteFile<State>[];
}

/** Key of what is for this implementation only. */
export const APPLY_BUILD: unique symbol = Symbol("applyBuild");

export type Handler = (request: Request, info?: Deno.ServeHandlerInfo) => Promise<Response>;

/** One path with one method, ready to run. */
interface Endpoint<State> {
  /** `null` decides by itself. */
  readonly method: Method | null;
  readonly run: Composed<State>;
}

type Registration<State> = (scope: Scope<State>, router: Router<Endpoint<State>>) => void;

/** For requests that came over no connection, as in tests. */
const NO_CONNECTION: Deno.ServeHandlerInfo = {
  remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 0 },
  completed: Promise.resolve(),
};

export class App<State> {
  readonly config: ResolvedFreshConfig;
  readonly #registrations: Registration<State>[] = [];
  #build: AppBuild<State> | null = null;

  constructor({ mode = "production" }: FreshConfig = {}) {
    this.config = { root: ".", mode };
  }

  /** Runs before everything that is registered after it, below `path` if one is given. */
  use(...middlewares: Middleware<State>[]): this;
  use(path: string, ...middlewares: Middleware<State>[]): this;
  use(first: string | Middleware<State>, ...rest: Middleware<State>[]): this {
    const folders = typeof first === "string" ? foldersOf(first) : [];
    const middlewares = typeof first === "string" ? rest : [first, ...rest];
    return this.#register((scope) => scope.at(folders).middlewares.push(...middlewares));
  }

  get(path: string, ...handlers: Middleware<State>[]): this {
    return this.#on("GET", path, handlers);
  }

  post(path: string, ...handlers: Middleware<State>[]): this {
    return this.#on("POST", path, handlers);
  }

  put(path: string, ...handlers: Middleware<State>[]): this {
    return this.#on("PUT", path, handlers);
  }

  patch(path: string, ...handlers: Middleware<State>[]): this {
    return this.#on("PATCH", path, handlers);
  }

  delete(path: string, ...handlers: Middleware<State>[]): this {
    return this.#on("DELETE", path, handlers);
  }

  all(path: string, ...handlers: Middleware<State>[]): this {
    return this.#on(null, path, handlers);
  }

  /** Puts the files of `routes/` here. */
  fsRoutes(): this {
    return this.#register((root, router) => {
      for (const { pattern, scope, route } of readRoutes(this.#build?.routes ?? [], root)) {
        const run = compose([...scope.steps(), (ctx) => answerRoute(ctx, route)]);
        router.add(pattern, { method: null, run });
      }
    });
  }

  /**
   * Answers requests with what is registered by now. It rejects with what went wrong where there is
   * no error page, or that one is broken; who serves logs it then and answers 500.
   */
  handler(): Handler {
    const root = new Scope<State>();
    const router = new Router<Endpoint<State>>();
    for (const register of this.#registrations) register(root, router);
    const lost = compose(root.steps());
    const build = this.#build ?? NO_BUILD;
    return (req, info = NO_CONNECTION) =>
      withBuild(build, () => this.#answer({ req, info, build, router, lost }));
  }

  [APPLY_BUILD](build: AppBuild<State>): void {
    this.#build = build;
    this.config.root = build.root;
  }

  #on(method: Method | null, path: string, handlers: readonly Middleware<State>[]): this {
    return this.#register((root, router) => {
      const run = compose([...root.at(foldersOf(path)).steps(), ...handlers]);
      router.add(path, { method, run });
    });
  }

  #register(registration: Registration<State>): this {
    this.#registrations.push(registration);
    return this;
  }

  async #answer({ req, info, build, router, lost }: {
    req: Request;
    info: Deno.ServeHandlerInfo;
    build: ClientBuild;
    router: Router<Endpoint<State>>;
    lost: Composed<State>;
  }): Promise<Response> {
    const url = new URL(req.url);
    url.pathname = url.pathname.replace(/\/{2,}/g, "/");
    const match = router.match(url);
    const endpoint = match === null ? null : endpointFor(req.method, match);
    const { config } = this;
    const ctx = new Context<State>({
      req,
      url,
      info,
      route: match?.pattern ?? null,
      params: match?.params ?? {},
      config,
      build,
    });
    ctx.next = () =>
      Promise.reject(
        match === null
          ? new HttpError(404, "There is no such page")
          : new HttpError(405, `${req.method} is not possible here`),
      );
    const response = await (endpoint?.run ?? lost)(ctx).catch(plainAnswer);
    return req.method === "HEAD" ? new Response(null, response) : response;
  }
}

/** Without the pattern's last part: where its middlewares are. */
function foldersOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== "*");
}

function endpointFor<State>(
  method: string,
  { items }: Match<Endpoint<State>>,
): Endpoint<State> | null {
  const wanted = method === "HEAD" ? "GET" : method;
  return items.find((one) => one.method === wanted || one.method === null) ?? null;
}

/** For what was thrown on purpose and has no page. @throws anything else */
function plainAnswer(error: unknown): Response {
  if (error instanceof HttpError) return new Response(error.message, { status: error.status });
  throw error;
}
