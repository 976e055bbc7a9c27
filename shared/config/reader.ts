/**
 * What the fields of a schema read from. Settings lie in three layers: the environment over the
 * file over the caller's defaults. Each key that a field asks for becomes *known*; what is set but
 * never became known is an unknown key, so nothing has to list the keys a second time.
 */

import { shown } from "./error.ts";
import type { ParsedFile } from "./parse.ts";

/** Where a value came from; a higher number overrides a lower one. */
export const LAYER = { defaults: 0, file: 1, environment: 2 } as const;

export interface Setting {
  readonly key: string;
  readonly value: string;
  readonly layer: number;
  /** How an error line starts: `conf/msgserver.conf:12`. */
  readonly place: string;
  /** How an error line names the key, with the variable when it came from the environment. */
  readonly label: string;
}

export interface ReaderOptions {
  /** The path of the file, or its bare name when there is none. */
  readonly path: string;
  readonly parsed: ParsedFile;
  /** `TEAMTALK_MSGSERVER_`. */
  readonly envPrefix: string;
  readonly env: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
  readonly readFile: (path: string) => string | null;
}

export class Reader {
  readonly problems: string[] = [];
  readonly notices: string[] = [];
  readonly readFile: (path: string) => string | null;
  readonly #options: ReaderOptions;
  readonly #knownKeys = new Set<string>();
  readonly #knownVariables = new Set<string>();

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.readFile = options.readFile;
  }

  /** The value that counts for `key`, or null. The key is known from now on. */
  get(key: string): Setting | null {
    const { path, parsed, env, defaults } = this.#options;
    const variable = this.#variable(key);
    this.#knownKeys.add(key);
    this.#knownVariables.add(variable);
    const override = env[variable]?.trim();
    if (override) {
      const label = `${key} (from ${variable})`;
      return { key, value: override, layer: LAYER.environment, place: path, label };
    }
    const entry = parsed.entries.get(key);
    if (entry !== undefined) {
      const place = `${path}:${entry.line}`;
      return { key, value: entry.value, layer: LAYER.file, place, label: key };
    }
    const fallback = defaults[key];
    if (!fallback) return null;
    return { key, value: fallback, layer: LAYER.defaults, place: path, label: key };
  }

  /** Makes every set key that matches known, and returns those that were not known before. */
  claimMatching(pattern: RegExp): readonly string[] {
    const claimed: string[] = [];
    for (const key of this.#options.parsed.entries.keys()) {
      if (this.#knownKeys.has(key) || !pattern.test(key)) continue;
      this.#knownKeys.add(key);
      claimed.push(key);
    }
    const inCapitals = new RegExp(pattern.source, "i");
    for (const variable of this.#setVariables()) {
      const key = variable.slice(this.#options.envPrefix.length);
      if (this.#knownVariables.has(variable) || !inCapitals.test(key)) continue;
      this.#knownVariables.add(variable);
      claimed.push(variable);
    }
    return claimed;
  }

  /** `allowed` says what the value may be. A secret's value is never shown. */
  reject(setting: Setting, allowed: string, display: "value" | "secret" = "value"): void {
    const value = display === "secret" ? "" : `=${shown(setting.value)}`;
    this.problem(setting.place, `${setting.label}${value} is not allowed; allowed: ${allowed}`);
  }

  missing(key: string, allowed: string): void {
    this.problem(this.#options.path, `${key} is missing or empty; allowed: ${allowed}`);
  }

  problem(place: string, text: string): void {
    this.problems.push(`${place}: ${text}`);
  }

  notice(text: string): void {
    this.notices.push(`${this.#options.path}: ${text}`);
  }

  /** Call last: reports what no field asked for. The value stays out: it may be a secret. */
  reportUnknown(): void {
    const { path, parsed, defaults } = this.#options;
    for (const { key, line } of parsed.entries.values()) {
      if (this.#knownKeys.has(key)) continue;
      this.problem(`${path}:${line}`, `${shown(key)} is unknown${hint(key, this.#knownKeys)}`);
    }
    for (const variable of this.#setVariables()) {
      if (this.#knownVariables.has(variable)) continue;
      const text = `variable ${variable} names an unknown key`;
      this.problem(path, text + hint(variable, this.#knownVariables));
    }
    for (const key of Object.keys(defaults)) {
      if (!this.#knownKeys.has(key)) {
        throw new Error(`Cannot use default ${key}: no field reads it`);
      }
    }
    for (const { key, line } of parsed.repeated) {
      this.notice(`${key} on line ${line} is not used: the first occurrence counts`);
    }
  }

  #variable(key: string): string {
    return this.#options.envPrefix + key.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
  }

  /** Variables of this file. An empty one counts as not set, like an empty value in the file. */
  #setVariables(): string[] {
    const { env, envPrefix } = this.#options;
    return Object.keys(env).filter((name) => name.startsWith(envPrefix) && env[name]?.trim());
  }
}

/** The nearest known name when it looks like a slip, else every known name. */
function hint(name: string, known: ReadonlySet<string>): string {
  let nearest = "";
  let nearestDistance = MAX_SLIP + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < nearestDistance) [nearest, nearestDistance] = [candidate, distance];
  }
  return nearest === ""
    ? `; allowed: ${[...known].toSorted().join(", ")}`
    : `; did you mean ${nearest}?`;
}

/** Inserted, removed or changed characters up to which a name is taken for a slip. */
const MAX_SLIP = 2;

function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    for (let column = 1; column <= right.length; column++) {
      const change = left[row - 1] === right[column - 1] ? 0 : 1;
      current.push(Math.min(
        previous[column]! + 1,
        current[column - 1]! + 1,
        previous[column - 1]! + change,
      ));
    }
    previous = current;
  }
  return previous[right.length]!;
}
