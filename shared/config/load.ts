import { ConfigError } from "./error.ts";
import { parseConfig } from "./parse.ts";
import { Reader } from "./reader.ts";
import type { ConfigSchema, Fields, ValuesOf } from "./schema.ts";
import { type ConfigSource, locateFile } from "./source.ts";

export interface LoadOptions {
  /** Values below file and environment, as text by key: what all-in-one supplies itself. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** Told about each setting that is accepted and has no effect. */
  readonly onNotice?: (text: string) => void;
}

/**
 * Reads a role's file and environment into its typed, frozen configuration. Throws one
 * `ConfigError` with a line for each problem. A missing file is a problem only when a required
 * key has no value from elsewhere.
 */
export function loadConfig<F extends Fields>(
  schema: ConfigSchema<F>,
  source: ConfigSource,
  options: LoadOptions = {},
): ValuesOf<F> {
  const { path, text } = locateFile(schema.fileName, source);
  const reader = new Reader({
    path,
    parsed: parseConfig(text ?? "", path),
    envPrefix: envPrefix(schema.fileName),
    env: source.env,
    defaults: options.defaults ?? {},
    readFile: (name) => source.readFile(name),
  });
  const values: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema.fields)) {
    const value = field.read(key, reader);
    if (!("ignored" in field)) values[key] = value;
  }
  reader.reportUnknown();
  if (reader.problems.length > 0) {
    const noFile = `${path}: there is no such file; name it or its directory with --conf`;
    throw new ConfigError(text === null ? [noFile, ...reader.problems] : reader.problems);
  }
  const config = Object.freeze(values) as ValuesOf<F>;
  const broken = schema.check(config);
  if (broken.length > 0) throw new ConfigError(broken.map((line) => `${path}: ${line}`));
  for (const notice of reader.notices) options.onNotice?.(notice);
  return config;
}

/** `msgserver.conf` → `TEAMTALK_MSGSERVER_`. */
export function envPrefix(fileName: string): string {
  const stem = fileName.replace(/\.[^.]*$/, "");
  return `TEAMTALK_${stem.toUpperCase().replace(/[^A-Z0-9]/g, "_")}_`;
}
