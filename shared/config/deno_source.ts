import type { ConfigSource } from "./source.ts";

/** The real command line, environment and disk. Only main.ts files call this. */
export function denoSource(): ConfigSource {
  return {
    args: Deno.args,
    env: Deno.env.toObject(),
    readFile: (path) => unlessMissing(() => Deno.readTextFileSync(path)),
    isDirectory: (path) => unlessMissing(() => Deno.statSync(path).isDirectory) ?? false,
  };
}

function unlessMissing<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}
