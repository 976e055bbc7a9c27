/** The files of `routes/`: which there are, and what each adds to an app. */
import type { RouteConfig } from "../config.ts";
import type { RouteComponent } from "../context.ts";
import type { Middleware, RouteHandler } from "../handlers.ts";
import { comparePatterns, patternOf } from "./pattern.ts";
import type { Route } from "./route.ts";
import type { Scope } from "./scope.ts";

/** What a route file may export. */
export interface RouteModule<State> {
  readonly default?: RouteComponent<State> | Middleware<State> | readonly Middleware<State>[];
  readonly handler?: RouteHandler<unknown, State> | readonly Middleware<State>[];
  readonly handlers?: RouteHandler<unknown, State> | readonly Middleware<State>[];
  readonly config?: RouteConfig;
}

/** A file of `routes/`; the path is relative, with `/`, and without the extension. */
export interface RouteFile<State> {
  readonly path: string;
  readonly module: RouteModule<State>;
}

export interface FoundRoute<State> {
  readonly pattern: string;
  readonly scope: Scope<State>;
  readonly route: Route<State>;
}

/**
 * Gives the special files to their scopes and returns the routes, in the order in which they are
 * tried. The special files come first whatever their names are, or a route would lack its guard.
 * @throws {Error} naming the file that lacks what it is there for
 */
export function readRoutes<State>(
  files: readonly RouteFile<State>[],
  root: Scope<State>,
): FoundRoute<State>[] {
  const isSpecial = ({ path }: RouteFile<State>): boolean => nameOf(path).startsWith("_");
  for (const file of files.filter(isSpecial)) addSpecial(file, root.at(foldersOf(file.path)));
  return files.filter((file) => !isSpecial(file))
    .map((file) => ({
      pattern: file.module.config?.routeOverride ?? patternOf(file.path),
      scope: root.at(foldersOf(file.path)),
      route: routeOf(file),
    }))
    .sort((one, other) => comparePatterns(one.pattern, other.pattern));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function foldersOf(path: string): string[] {
  return path.split("/").slice(0, -1);
}

function addSpecial<State>(file: RouteFile<State>, scope: Scope<State>): void {
  const name = nameOf(file.path);
  if (foldersOf(file.path).length > 0 && (name === "_app" || name === "_404")) {
    throw new Error(`routes/${file.path} has to be in routes/ itself`);
  }
  if (name === "_app") scope.app = componentOf(file);
  else if (name === "_404") scope.notFound = routeOf(file);
  else if (name === "_error") scope.errorPage = routeOf(file);
  else if (name === "_layout") {
    scope.layout = { component: componentOf(file), config: file.module.config ?? {} };
  } else if (name === "_middleware") scope.middlewares.push(...middlewaresOf(file));
  else throw new Error(`routes/${file.path} has a name that means nothing`);
}

function componentOf<State>({ path, module }: RouteFile<State>): RouteComponent<State> {
  if (typeof module.default === "function") return module.default as RouteComponent<State>;
  throw new Error(`routes/${path} has no component as its default export`);
}

function middlewaresOf<State>({ path, module }: RouteFile<State>): readonly Middleware<State>[] {
  const given = module.handlers ?? module.handler ?? module.default;
  const all = [given].flat();
  if (all.every((one) => typeof one === "function")) return all as Middleware<State>[];
  throw new Error(`routes/${path} exports neither a function nor a list of functions`);
}

function routeOf<State>({ path, module }: RouteFile<State>): Route<State> {
  const handler = module.handlers ?? module.handler ?? null;
  const component = module.default ?? null;
  if (handler === null && typeof component !== "function") {
    throw new Error(`routes/${path} exports neither a page nor handlers`);
  }
  return {
    handler: handler as RouteHandler<unknown, State> | null,
    component: component as RouteComponent<State> | null,
    config: module.config ?? {},
  };
}
