/** Which pitfalls and quirks of docs/spec/pitfalls.md are settled: named by a test. */
import type { SourceFile } from "./source.ts";

/** Ids of the table rows, without those whose row says why they are not applied. */
export function pitfallIds(markdown: string): readonly string[] {
  return markdown.split("\n").flatMap((line) => {
    const id = /^\| ([PQ]-[A-Z]+\d*) \|/.exec(line)?.[1];
    return id === undefined || /Not applied: \S/.test(line) ? [] : [id];
  });
}

/** Tests, the contract suites among them, which run with every engine. */
export function isTest(path: string): boolean {
  return path.endsWith("_test.ts") || path.endsWith("_test.tsx") ||
    /^shared\/storage\/contract\//.test(path) || /\/test_support\/contract\.ts$/.test(path);
}

/** Those of the ids that no test names. */
export function unnamed(
  ids: readonly string[],
  files: readonly Pick<SourceFile, "path" | "text">[],
): readonly string[] {
  const tests = files.filter(({ path }) => isTest(path));
  const named = new Set<string>();
  for (const { text } of tests) {
    for (const [id] of text.matchAll(/\b[PQ]-[A-Z]+\d*/g)) named.add(id);
    // "(P-FRM1, 2)" names two.
    for (const [, kind, more] of text.matchAll(/\b(P-[A-Z]+)\d+((?:, \d+)+)/g)) {
      for (const [number] of more!.matchAll(/\d+/g)) named.add(`${kind}${number}`);
    }
  }
  return ids.filter((id) => !named.has(id));
}
