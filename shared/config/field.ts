import type { Reader } from "./reader.ts";

/** One name of a schema: how its key or keys become a value of type T. */
export interface Field<T> {
  /** Whether anything is configured for it. */
  isSet(key: string, from: Reader): boolean;
  /** The value, or undefined after a problem was reported to `from`. */
  read(key: string, from: Reader): T | undefined;
}

/** Present in a file of the original, without a use here; absent from the typed configuration. */
export interface IgnoredField extends Field<null> {
  readonly ignored: string;
}

/** A default makes the key optional; without one it is required. */
export interface WithDefault<T> {
  readonly default?: T;
}

export interface ValueOptions<T> extends WithDefault<T> {
  /** Ends the sentence `…; allowed:`. */
  readonly allowed: string;
  /** The typed value, or undefined when the text is not allowed. */
  readonly parse: (text: string) => T | undefined;
}

/** A field of one key. The other kinds are made of it; use it for a kind that is missing here. */
export function value<T>(options: ValueOptions<T>): Field<T> {
  return {
    isSet: (key, from) => from.get(key) !== null,
    read: (key, from) => {
      const setting = from.get(key);
      if (setting === null) {
        if (options.default === undefined) from.missing(key, options.allowed);
        return options.default;
      }
      const parsed = options.parse(setting.value);
      if (parsed === undefined) from.reject(setting, options.allowed);
      return parsed;
    },
  };
}

/** The field, or null when nothing is configured for it. */
export function optional<T>(field: Field<T>): Field<T | null> {
  return {
    isSet: field.isSet,
    read: (key, from) => field.isSet(key, from) ? field.read(key, from) : null,
  };
}

/** Keeps a file of the original valid: the key is accepted, and a notice gives the reason. */
export function ignored(reason: string): IgnoredField {
  return {
    ignored: reason,
    isSet: (key, from) => from.get(key) !== null,
    read: (key, from) => {
      if (from.get(key) !== null) from.notice(`${key} is not used: ${reason}`);
      return null;
    },
  };
}
