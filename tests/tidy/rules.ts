/** The house rules that a machine can check. Each gives the places of a file that break it. */
import type { SourceFile } from "./source.ts";

export interface Rule {
  readonly name: string;
  /** One line per offence, without the path. */
  readonly check: (file: SourceFile) => readonly string[];
}

const MAX_LINES = 400;

export function isTest({ path }: SourceFile): boolean {
  return path.startsWith("tests/") || path.endsWith("_test.ts") || path.endsWith("_test.tsx") ||
    path.includes("/test_support/");
}

/** Files that wrap the machine: time, chance, environment, process. */
const WRAPPERS: readonly string[] = [
  "shared/clock.ts",
  "shared/random.ts",
  "shared/process.ts",
  "shared/config/deno_source.ts",
];

function wrapsTheMachine(file: SourceFile): boolean {
  return isTest(file) || WRAPPERS.includes(file.path) || file.path.endsWith("/main.ts");
}

/** Folders that a file may import from; `null` is a place no rule knows. */
function allowedFolders(path: string): readonly string[] | null {
  const [top, role = ""] = path.split("/");
  if (top === "proto") return ["proto/"];
  if (top === "shared") return ["proto/", "shared/"];
  if (top === "admin") return ["proto/", "shared/", "admin/"];
  if (top === "tests") return ["proto/", "shared/", "servers/", "admin/", "tests/"];
  if (top === "servers" && role === "suite") return ["proto/", "shared/", "servers/", "admin/"];
  if (top === "servers") return ["proto/", "shared/", `servers/${role}/`];
  return null;
}

function checkDirection({ path, imports }: SourceFile): string[] {
  const allowed = allowedFolders(path);
  if (allowed === null) return ["lies in a folder without a layer"];
  return imports
    .filter((target) => /^(proto|shared|servers|admin|tests|conf|docs)\//.test(target))
    .filter((target) => !allowed.some((folder) => target.startsWith(folder)))
    .map((target) => `imports ${target}`);
}

function checkLength({ text }: SourceFile): string[] {
  const lines = text.trimEnd().split("\n");
  const hasReason = lines.slice(0, 15).some((line) => /^\s*(\/\/|\*|\/\*).*400 lines/.test(line));
  return lines.length > MAX_LINES && !hasReason ? [`has ${lines.length} lines`] : [];
}

/** Module-level state; a table that is typed Readonly is none. */
const STATE = [
  /^(?:export )?(?:let|var)\b.*/gm,
  /^(?:export )?const \w+\b(?!: Readonly)[^=;]*=\s*new (?:Map|Set|WeakMap|WeakSet|Array)\b.*/gm,
  /^(?:export )?const \w+\b(?!: readonly)(?!: Readonly)[^=;]*= (?:\[\]|\{\});/gm,
];

function checkState(file: SourceFile): string[] {
  if (isTest(file) || !/^(servers|shared|admin)\//.test(file.path)) return [];
  return STATE.flatMap((pattern) => matches(file.code, pattern));
}

function checkImportSources({ imports }: SourceFile): string[] {
  return imports.filter((target) => /^(jsr|https?):/.test(target)).map((one) => `imports ${one}`);
}

/** What Fresh gives a meaning to below `routes/`: `_layout`, `(group)`, `[id]`, `[...path]`. */
const ROUTE_MARKS = /^(?:_|\(|\[(?:\.\.\.)?)|[)\]](?=$|\.)/g;

function checkName({ path }: SourceFile): string[] {
  const isRoute = /^admin\/(?:.+\/)?routes\//.test(path);
  const odd = path.split("/").filter((part) =>
    !/^[a-z0-9]+(_[a-z0-9]+)*(\.d)?(\.tsx?)?$/.test(isRoute ? part.replace(ROUTE_MARKS, "") : part)
  );
  return odd.map((part) => `${part} is not snake_case`);
}

/** Named ones are the loose comparisons, even from node:assert/strict: 1 would equal "1". */
const LOOSE: readonly string[] = ["equal", "notEqual", "deepEqual", "notDeepEqual"];

function checkAssertions({ text }: SourceFile): string[] {
  const imports = text.matchAll(/import \{([^}]*)\} from "node:assert(?:\/strict)?"/g);
  return [...imports].flatMap(([, names]) => names!.split(",").map((name) => name.trim()))
    .filter((name) => LOOSE.includes(name))
    .map((name) => `imports the loose ${name}`);
}

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => {
    const line = text.slice(0, match.index).split("\n").length;
    return `line ${line}: ${match[0].trim()}`;
  });
}

function unlessWrapper(pattern: RegExp): Rule["check"] {
  return (file) => wrapsTheMachine(file) ? [] : matches(file.code, pattern);
}

export const RULES: readonly Rule[] = [
  { name: "imports follow the layers", check: checkDirection },
  { name: "no import from jsr: or https:", check: checkImportSources },
  { name: "assertions are strict", check: checkAssertions },
  { name: "no file over 400 lines without a reason at its top", check: checkLength },
  { name: "file names are snake_case", check: checkName },
  { name: "no state at module level", check: checkState },
  { name: "time comes from the clock", check: unlessWrapper(/\bDate\.now\(|\bnew Date\(\)/g) },
  { name: "chance comes from Random", check: unlessWrapper(/\bMath\.random\(/g) },
  { name: "timers come from the clock", check: unlessWrapper(/\bset(?:Timeout|Interval)\(/g) },
  { name: "the environment is read at the edge", check: unlessWrapper(/\bDeno\.env\b/g) },
  {
    name: "console only in main.ts and in benchmarks",
    check: (file) =>
      /^tests\/bench\/|\/main\.ts$/.test(file.path)
        ? []
        : matches(file.code, /\bconsole\.(?:log|error|warn|info|debug|trace|table|dir)\b/g),
  },
  {
    name: "no leftovers",
    check: ({ text }) =>
      matches(text, /\b(?:TODO|FIXME|XXX)\b|\bnot (?:yet )?implemented\b|\bfor now\b/gi),
  },
  {
    name: "no paths of one machine",
    check: ({ text }) =>
      matches(text, /(?<=["'`\s(])\/(?:home|mnt|opt|root|tmp|Users|work)(?=[/"'`])[^\s"'`]*/g),
  },
];
