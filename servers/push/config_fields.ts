/** Kinds of settings that only `pushserver.conf` has. */
import { type Field, value } from "../../shared/config/mod.ts";

/**
 * The text of the file that the key names; `null` when the key is not set. The original's file names
 * certificates that need not be there: then the text is empty, and a notice says so.
 */
export function fileText(
  { whenMissing }: { readonly whenMissing: "notice" | "problem" },
): Field<string | null> {
  return {
    isSet: (key, from) => from.get(key) !== null,
    read(key, from) {
      const setting = from.get(key);
      if (setting === null) return null;
      const content = readOrNull(() => from.readFile(setting.value));
      if (content) return content;
      if (whenMissing === "problem") {
        from.reject(setting, "the path of a readable file");
        return undefined;
      }
      from.notice(`${key} is not used: there is no readable file ${JSON.stringify(setting.value)}`);
      return "";
    },
  };
}

function readOrNull(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null; // A directory, or no permission: as good as no file.
  }
}

/** A host with or without a port, as the origin of an https URL. */
export function origin(): Field<string> {
  return value({
    allowed: "a host name or an address, with or without a port",
    parse: (raw) => {
      if (/[/?#@\s]/.test(raw)) return undefined;
      const parsed = URL.parse(`https://${raw}`);
      return parsed === null || parsed.hostname === "" ? undefined : parsed.origin;
    },
  });
}
