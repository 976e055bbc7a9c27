/**
 * Lets esbuild find npm packages where Deno keeps them, so that nobody needs a `node_modules`.
 * Deno's own resolution says in which folder a package is; what of it a browser gets (conditions,
 * main fields) is then esbuild's to say.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";

/** Marks a question that we ask ourselves. */
const OURS = { isOurs: true };

/** What our own modules are in a browser; `null`: nothing. */
const MAPPED: ReadonlyMap<string, string | null> = new Map([
  ["fresh/runtime", fileURLToPath(new URL("../client/runtime.ts", import.meta.url))],
  ["fresh", null],
  ["fresh/dev", null],
]);

/** `folders` collects where the packages are that were needed. */
export function packagesOfDeno(folders: Set<string>): Plugin {
  return {
    name: "packages of Deno",
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.kind === "entry-point" || args.pluginData === OURS) return undefined;
        const mapped = MAPPED.get(args.path);
        if (typeof mapped === "string") return { path: mapped };
        if (mapped === null || args.path.startsWith("node:")) {
          return {
            errors: [{ text: `'${args.path}' is for the server; a browser cannot have it` }],
          };
        }
        return await resolvePackage(build, args, folders);
      });
    },
  };
}

async function resolvePackage(
  build: PluginBuild,
  { path, importer, kind }: OnResolveArgs,
  folders: Set<string>,
): Promise<OnResolveResult> {
  const isOfPackage = [...folders].some((folder) => isInside(folder, importer));
  const file = isOfPackage
    ? createRequire(importer).resolve(path)
    : fileURLToPath(import.meta.resolve(path));
  const { name, subpath } = parts(path);
  const { folder, hasExports } = await packageOf(file, name);
  folders.add(folder);
  // With exports a package may import itself by its name, which is what is asked here.
  const asked = hasExports ? path : `.${subpath}`;
  return await build.resolve(asked, { resolveDir: folder, kind, importer, pluginData: OURS });
}

export function isInside(folder: string, path: string): boolean {
  return path.startsWith(join(folder, "/"));
}

function parts(specifier: string): { name: string; subpath: string } {
  const name = /^(?:@[^/]+\/)?[^/]+/.exec(specifier)![0];
  return { name, subpath: specifier.slice(name.length) };
}

/** The folder above `file` whose package.json has the name; packages have others inside. */
async function packageOf(
  file: string,
  name: string,
): Promise<{ folder: string; hasExports: boolean }> {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = await readManifest(join(folder, "package.json"));
    if (manifest?.name === name) return { folder, hasExports: manifest.exports !== undefined };
  }
  throw new Error(`No package '${name}' is above ${file}`);
}

async function readManifest(
  path: string,
): Promise<{ name?: string; exports?: unknown } | null> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
