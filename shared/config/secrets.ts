import type { Field } from "./field.ts";
import type { Reader, Setting } from "./reader.ts";
import { Secret } from "./secret.ts";

export interface SecretOptions {
  /** Makes the key optional, for example `""` for a database without a password. */
  readonly default?: string;
}

/**
 * A text that is never printed. It stands in `<Key>`, or `<Key>File` names a file that holds it
 * (one line end at its end is dropped), so it can stay out of the configuration file.
 */
export function secret(options: SecretOptions = {}): Field<Secret<string>> {
  return secretValue({ ...options, allowed: "a text", parse: (raw) => raw });
}

/** The original's `aesKey`: exactly 32 bytes, as a secret. */
export function bytes32(): Field<Secret<Uint8Array<ArrayBuffer>>> {
  return secretValue({
    allowed: "exactly 32 bytes",
    parse: (raw) => {
      const bytes = new TextEncoder().encode(raw);
      return bytes.length === 32 ? bytes : undefined;
    },
  });
}

interface SecretValueOptions<T> {
  readonly default?: T;
  readonly allowed: string;
  readonly parse: (text: string) => T | undefined;
}

function secretValue<T>(options: SecretValueOptions<T>): Field<Secret<T>> {
  return {
    isSet: (key, from) => from.get(key) !== null || from.get(fileKey(key)) !== null,
    read: (key, from) => {
      const direct = from.get(key);
      const named = from.get(fileKey(key));
      if (direct !== null && named !== null && direct.layer === named.layer) {
        from.reject(named, `either ${key} or ${fileKey(key)}, not both`);
        return undefined;
      }
      // The environment overrides the file whichever of the two keys it uses.
      const byFile = named !== null && (direct === null || named.layer > direct.layer);
      const setting = byFile ? named : direct;
      if (setting === null) {
        if (options.default !== undefined) return new Secret(options.default);
        from.missing(key, `${options.allowed}, here or in a file named by ${fileKey(key)}`);
        return undefined;
      }
      const raw = byFile ? readSecretFile(setting, from) : setting.value;
      if (raw === null) return undefined;
      const parsed = options.parse(raw);
      if (parsed !== undefined) return new Secret(parsed);
      from.reject(setting, options.allowed, "secret");
      return undefined;
    },
  };
}

function fileKey(key: string): string {
  return `${key}File`;
}

/** Null after a problem was reported. The path is shown, what it holds is not. */
function readSecretFile(setting: Setting, from: Reader): string | null {
  let content: string | null;
  try {
    content = from.readFile(setting.value);
  } catch {
    // Any reason (a directory, no permission) has the same answer as a missing file.
    content = null;
  }
  const raw = content?.replace(/\r?\n$/, "");
  if (raw) return raw;
  from.reject(setting, "the path of a readable file that is not empty");
  return null;
}
