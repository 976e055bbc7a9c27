import type { Field, IgnoredField } from "./field.ts";

export type Fields = Readonly<Record<string, Field<unknown>>>;

/** The typed configuration that a set of fields describes; ignored keys are not part of it. */
export type ValuesOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends IgnoredField ? never : K]: F[K] extends Field<infer T> ? T
    : never;
};

/** The configuration type of a schema: `type MsgConfig = ConfigOf<typeof msgSchema>`. */
export type ConfigOf<S> = S extends ConfigSchema<infer F> ? ValuesOf<F> : never;

export interface ConfigSchema<F extends Fields> {
  /** `msgserver.conf`. */
  readonly fileName: string;
  readonly fields: F;
  /** Rules over several keys: one line per problem, without the file's name. */
  readonly check: (config: ValuesOf<F>) => readonly string[];
}

export interface SchemaOptions<F extends Fields> {
  readonly check?: (config: ValuesOf<F>) => readonly string[];
}

/**
 * Declares the file of one role. Each name is the key itself, except for `peerList`, whose keys
 * are its arguments. A key without a default is required; `optional(kind)` gives null instead.
 *
 * ```ts
 * export const msgSchema = defineConfig("msgserver.conf", {
 *   ListenIP: ipList({ default: ["0.0.0.0"] }),
 *   ListenPort: port({ allowZero: true }),
 *   ConcurrentDBConnCnt: integer({ min: 1, max: 64, default: 10 }),
 *   DBServer: peerList("DBServerIP", "DBServerPort", { min: 2 }),
 *   RouteServer: peerList("RouteServerIP", "RouteServerPort"),
 *   IpAddr1: host(),
 *   IpAddr2: optional(host()),
 *   aesKey: bytes32(),
 *   LogLevel: choice(["debug", "info", "warn", "error"], { default: "info" }),
 *   ServiceDir: ignored("service discovery is not part of this release"),
 * }, {
 *   check: (config) => config.IpAddr1 === "0.0.0.0" ? ["IpAddr1 cannot be 0.0.0.0"] : [],
 * });
 *
 * export type MsgConfig = ConfigOf<typeof msgSchema>;
 *
 * // main.ts
 * const config = loadConfig(msgSchema, denoSource());
 * config.DBServer[0]?.host; // string | undefined
 * config.aesKey.reveal(); // Uint8Array, 32 bytes
 * ```
 */
export function defineConfig<const F extends Fields>(
  fileName: string,
  fields: F,
  options: SchemaOptions<F> = {},
): ConfigSchema<F> {
  return { fileName, fields, check: options.check ?? (() => []) };
}
