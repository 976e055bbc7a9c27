/** Reads the tree for the tidy test: every source file, once as it is and once as bare code. */

export interface SourceFile {
  /** Path from the root of the repository, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and the contents of literals blanked; lines and columns stay. */
  readonly code: string;
  /** What the file imports: paths from the root, or bare and absolute specifiers as they are. */
  readonly imports: readonly string[];
}

/** Folders that are not ours to judge, and generated code. */
const SKIPPED: readonly string[] = [".git", "node_modules", "proto/gen", "docs", "coverage"];

export function readTree(root: string): SourceFile[] {
  return [...walk(root, "")].sort().map((path) =>
    sourceFile(path, Deno.readTextFileSync(`${root}/${path}`))
  );
}

function* walk(root: string, folder: string): Generator<string> {
  for (const entry of Deno.readDirSync(`${root}/${folder}`)) {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (SKIPPED.includes(path)) continue;
    if (entry.isDirectory) yield* walk(root, path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, code: bareCode(text), imports: importsOf(path, text) };
}

/** A comment, a literal, or a regular expression where a value may begin. */
const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:[!&|?{};\n]\s*|return )\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\//g;

function bareCode(text: string): string {
  return text.replace(TOKEN, (token) => token.replace(/[^\n]/g, " "));
}

const IMPORT = /\b(?:from|import)\s*\(?\s*"([^"\n]+)"/g;

function importsOf(path: string, text: string): string[] {
  const uncommented = text.replace(TOKEN, (token) => token.startsWith("/") ? "" : token);
  return [...uncommented.matchAll(IMPORT)].map(([, specifier = ""]) =>
    specifier.startsWith(".") ? resolve(path, specifier) : specifier
  );
}

function resolve(path: string, specifier: string): string {
  return new URL(specifier, `file:///${path}`).pathname.slice(1);
}
