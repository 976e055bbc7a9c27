/** The key `MsfsSite`: where the sound of voice messages is kept. */
import type { Field } from "../../shared/config/mod.ts";

/** Port of msfs where the value has none. */
const MSFS_PORT = 8700;

/**
 * A base URL without a slash at its end. The original's own files say `127.0.0.1`, which it then asked
 * on port 80, where no msfs listens (docs/spec/roles.md 6.1); here a bare host is msfs on its usual
 * port, and a notice says so.
 */
export function msfsSite(options: { readonly default: string }): Field<string> {
  return {
    isSet: (key, from) => from.get(key) !== null,
    read: (key, from) => {
      const setting = from.get(key);
      if (setting === null) return options.default;
      const site = parseSite(setting.value);
      if (site === null) {
        from.reject(setting, "a URL like http://127.0.0.1:8700");
        return undefined;
      }
      if (!setting.value.includes("://")) {
        from.notice(`${setting.label} is no URL: taken as ${site}`);
      }
      return site;
    },
  };
}

function parseSite(text: string): string | null {
  const hasScheme = text.includes("://");
  const url = URL.parse(hasScheme ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || /\s/.test(text)) return null;
  if (!hasScheme && url.port === "") url.port = String(MSFS_PORT);
  return url.href.replace(/\/+$/, "");
}
