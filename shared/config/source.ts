import { join } from "node:path";
import { ConfigError, shown } from "./error.ts";

/** Everything configuration is read from. `denoSource()` is the real one, for main.ts. */
export interface ConfigSource {
  /** Command line; only `--conf PATH` (or `--conf=PATH`) is looked at. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The text of a file, or null when there is no such file. */
  readFile(path: string): string | null;
  isDirectory(path: string): boolean;
}

export interface MemorySourceOptions {
  /** Path to text, for example `{ "conf/msgserver.conf": "ListenPort=0\n" }`. */
  readonly files?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** A source without disk and environment: for tests, and for start-up from generated text. */
export function memorySource(
  { files = {}, args = [], env = {} }: MemorySourceOptions,
): ConfigSource {
  return {
    args,
    env,
    readFile: (path) => files[path] ?? null,
    isDirectory: (path) => Object.keys(files).some((name) => name.startsWith(join(path, "/"))),
  };
}

export interface LocatedFile {
  /** Where the text came from, or the bare file name when there is none. */
  readonly path: string;
  readonly text: string | null;
}

/**
 * Finds a role's file: `--conf FILE`, `--conf DIR` + name, else the working directory (where the
 * original looks), else `conf/` below it. A `--conf` that names nothing at all is an error; a
 * directory without the file is not, since the environment may hold every value.
 */
export function locateFile(fileName: string, source: ConfigSource): LocatedFile {
  const chosen = confArgument(source.args);
  if (chosen === null) {
    for (const path of [fileName, join("conf", fileName)]) {
      const text = readFile(path, source);
      if (text !== null) return { path, text };
    }
    return { path: fileName, text: null };
  }
  if (source.isDirectory(chosen)) {
    const path = join(chosen, fileName);
    return { path, text: readFile(path, source) };
  }
  const text = readFile(chosen, source);
  if (text === null) {
    throw new ConfigError([`--conf ${shown(chosen)} is neither a file nor a directory`]);
  }
  return { path: chosen, text };
}

function confArgument(args: readonly string[]): string | null {
  const given: string[] = [];
  for (const [index, arg] of args.entries()) {
    if (arg === "--") break;
    if (arg === "--conf") given.push(args[index + 1] ?? "");
    else if (arg.startsWith("--conf=")) given.push(arg.slice("--conf=".length));
  }
  const [path] = given;
  if (path === undefined) return null;
  if (given.length > 1) throw new ConfigError(["--conf is given twice; give it once"]);
  if (path === "" || path.startsWith("--")) {
    throw new ConfigError(["--conf has no value; allowed: a file or a directory"]);
  }
  return path;
}

function readFile(path: string, source: ConfigSource): string | null {
  try {
    return source.readFile(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError([`Cannot read ${shown(path)}: ${reason}`], { cause });
  }
}
