/**
 * `Builder` of `fresh/dev`: makes an app of the folders `routes/`, `islands/` and `static/`.
 * In production the bundle is taken from `_fresh/` as long as it fits to the sources.
 */
import type { ComponentType } from "preact";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type App, type AppBuild, APPLY_BUILD } from "../app.ts";
import type { Mode } from "../config.ts";
import type { RouteFile, RouteModule } from "../routing/fs_routes.ts";
import { BOOT, type Bundle, bundle, LIVE_RELOAD } from "./bundle.ts";
import { BUNDLE_PATH, type ClientFile, type Island } from "./client_build.ts";
import { clientFile, filesBelow, hashOf, modulesOf, withoutExtension } from "./files.ts";
import { type ListenOptions, serveDevelopment } from "./development.ts";
import { loadBundle, saveBundle } from "./saved_bundle.ts";

export interface BuilderOptions {
  /** The folder of `routes/`, `islands/` and `static/`; the current one unless given. */
  readonly root?: string;
}

export interface BuildOptions {
  /** "memory" neither looks for a saved bundle nor saves one. */
  readonly snapshot?: "disk" | "memory";
}

/** Gives an app what was built; to be called before its `handler()`. */
export type ApplySnapshot<State> = (app: App<State>) => void;

// deno-lint-ignore no-explicit-any -- as in Fresh, where a Builder is made before the app's type is known.
export class Builder<State = any> {
  readonly #root: string;

  constructor({ root = "." }: BuilderOptions = {}) {
    this.#root = resolve(root);
  }

  /**
   * Builds for production.
   * @throws {BuildError} when the bundle has to be made anew and esbuild cannot make it
   */
  async build({ snapshot = "disk" }: BuildOptions = {}): Promise<ApplySnapshot<State>> {
    const islands = await this.#islandNames();
    const saved = join(this.#root, "_fresh", "bundle.json");
    const make = async (): Promise<Bundle["files"]> => {
      const made = await this.#bundle(islands, "production");
      if (snapshot === "disk") await saveBundle(saved, islands, made);
      return made.files;
    };
    const files = snapshot === "memory"
      ? await make()
      : await loadBundle(saved, islands) ?? await make();
    const build = await this.#assemble(islands, files);
    return (app) => app[APPLY_BUILD](build);
  }

  /**
   * Serves for development until the signal: pages load themselves anew when the server has started
   * anew, which `deno run --watch` does after a change.
   */
  async listen(
    importApp: () => Promise<{ readonly app: App<State> }>,
    options: ListenOptions = {},
  ): Promise<void> {
    const islands = await this.#islandNames();
    const { files } = await this.#bundle(islands, "development");
    const build = await this.#assemble(islands, files);
    const { app } = await importApp();
    app.config.mode = "development";
    app[APPLY_BUILD](build);
    await serveDevelopment(app.handler(), options);
  }

  async #islandNames(): Promise<readonly string[]> {
    return modulesOf(await filesBelow(join(this.#root, "islands")));
  }

  async #bundle(islands: readonly string[], mode: Mode): Promise<Bundle> {
    try {
      return await bundle({
        islands: new Map(islands.map((path) => [bundleName(path), this.#path("islands", path)])),
        mode,
      });
    } catch (error) {
      throw new BuildError(this.#root, error);
    }
  }

  async #assemble(
    islandNames: readonly string[],
    bundleFiles: Bundle["files"],
  ): Promise<AppBuild<State>> {
    const statics = new Map<string, ClientFile>();
    for (const path of await filesBelow(join(this.#root, "static"))) {
      statics.set(`/${path}`, clientFile(path, await Deno.readFile(this.#path("static", path))));
    }
    const bundles = [...bundleFiles].map(([name, body]) => [name, clientFile(name, body)] as const);
    const id = hashOf([...bundles, ...statics].flatMap(([name, { hash }]) => [name, hash]));
    const urlOf = (name: string): string => `${BUNDLE_PATH}${id}/${name}.js`;
    const has = (name: string): boolean => bundleFiles.has(`${name}.js`);
    return {
      id,
      root: this.#root,
      routes: await this.#importRoutes(),
      islands: await this.#importIslands(islandNames, urlOf),
      bootModule: has(BOOT) ? urlOf(BOOT) : null,
      pageModules: has(LIVE_RELOAD) ? [urlOf(LIVE_RELOAD)] : [],
      files: new Map([
        ...statics,
        ...bundles.map(([name, file]) => [`${BUNDLE_PATH}${id}/${name}`, file] as const),
      ]),
    };
  }

  async #importRoutes(): Promise<RouteFile<State>[]> {
    const paths = modulesOf(await filesBelow(join(this.#root, "routes")));
    return await Promise.all(paths.map(async (path) => ({
      path: withoutExtension(path),
      module: await this.#import("routes", path) as RouteModule<State>,
    })));
  }

  /** Every function that a module of `islands/` exports is an island. */
  async #importIslands(
    paths: readonly string[],
    urlOf: (name: string) => string,
  ): Promise<AppBuild<State>["islands"]> {
    const found = new Map<ComponentType<Record<string, unknown>>, Island>();
    for (const path of paths) {
      const exports = Object.entries(await this.#import("islands", path));
      for (const [exportName, value] of exports) {
        if (typeof value !== "function") continue;
        const component = value as ComponentType<Record<string, unknown>>;
        found.set(component, { module: urlOf(bundleName(path)), exportName });
      }
    }
    return found;
  }

  #path(folder: string, path: string): string {
    return join(this.#root, folder, path);
  }

  async #import(folder: string, path: string): Promise<Record<string, unknown>> {
    return await import(pathToFileURL(this.#path(folder, path)).href);
  }
}

/** The prefix keeps an island from having the name of a module of ours. */
function bundleName(path: string): string {
  return `island_${withoutExtension(path).replaceAll("/", "_")}`;
}

/** Bundles could not be made: a mistake in a source, or no permission to run esbuild. */
export class BuildError extends Error {
  override readonly name = "BuildError";

  constructor(root: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot build the pages in ${root}: ${reason}`, { cause });
  }
}
