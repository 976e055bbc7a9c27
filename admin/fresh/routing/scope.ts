/**
 * A folder of `routes/`, or a path that a middleware was registered for: what it adds to every
 * request below it. A request passes the scopes from the outermost to its route's, and what is
 * thrown passes them backwards until one has a page for it.
 */
import { type Context, type RouteComponent, SURROUNDINGS, type Surroundings } from "../context.ts";
import type { LayoutConfig } from "../config.ts";
import type { Middleware } from "../handlers.ts";
import { statusOf } from "../http_error.ts";
import { answerRoute, type Route } from "./route.ts";

export class Scope<State> {
  readonly middlewares: Middleware<State>[] = [];
  layout: { readonly component: RouteComponent<State>; readonly config: LayoutConfig } | null =
    null;
  /** Of the root only. */
  app: RouteComponent<State> | null = null;
  /** Of the root only: what is shown for 404. */
  notFound: Route<State> | null = null;
  errorPage: Route<State> | null = null;
  readonly #parent: Scope<State> | null;
  readonly #children = new Map<string, Scope<State>>();

  constructor(parent: Scope<State> | null = null) {
    this.#parent = parent;
  }

  /** The scope of a folder below this one, made when it is not there. */
  at(folders: readonly string[]): Scope<State> {
    const [name, ...deeper] = folders;
    if (name === undefined) return this;
    const child = this.#children.get(name) ?? new Scope(this);
    this.#children.set(name, child);
    return child.at(deeper);
  }

  /** What runs before a route of this scope, the outermost first. */
  steps(): Middleware<State>[] {
    const before = this.#parent?.steps() ?? [];
    return [...before, (ctx) => this.#enclose(ctx), ...this.middlewares];
  }

  get #root(): Scope<State> {
    return this.#parent === null ? this : this.#parent.#root;
  }

  async #enclose(ctx: Context<State>): Promise<Response> {
    const inside = this.#surround(ctx[SURROUNDINGS]);
    ctx[SURROUNDINGS] = inside;
    try {
      return await ctx.next();
    } catch (error) {
      const status = statusOf(error);
      const page = (status === 404 ? this.#root.notFound : null) ?? this.errorPage;
      if (page === null) throw error;
      ctx.error = error;
      // Without what deeper folders have added.
      ctx[SURROUNDINGS] = inside;
      return await answerRoute(ctx, page, status);
    }
  }

  #surround({ app, layouts }: Surroundings<State>): Surroundings<State> {
    const { layout } = this;
    const ownApp = this.app ?? app;
    if (layout === null) return { app: ownApp, layouts };
    const { component, config } = layout;
    return {
      app: config.skipAppWrapper ? null : ownApp,
      layouts: config.skipInheritedLayouts ? [component] : [...layouts, component],
    };
  }
}

export type Composed<State> = (ctx: Context<State>) => Promise<Response>;

/** One middleware that runs `steps` in order; the last one's `next` is what follows them. */
export function compose<State>(steps: readonly Middleware<State>[]): Composed<State> {
  return (ctx) => {
    const after = ctx.next;
    const run = async (index: number): Promise<Response> => {
      const step = steps[index];
      if (step === undefined) return await after();
      ctx.next = () => run(index + 1);
      return await step(ctx);
    };
    return run(0);
  };
}
