/** How a page looks, also for an error that came before the middlewares knew. */
import type { Theme } from "../components/choices.tsx";
import { LANG_COOKIE, readCookies, THEME_COOKIE } from "./cookies.ts";
import { isLang, type Lang, preferredLang, type Translate, translator } from "./i18n/mod.ts";

export interface Look {
  readonly lang: Lang;
  readonly t: Translate;
  readonly theme: Theme;
}

/** What was chosen; else what the browser asks for. */
export function lookOf(headers: Headers): Look {
  const cookies = readCookies(headers);
  const chosen = cookies.get(LANG_COOKIE);
  const theme = cookies.get(THEME_COOKIE);
  const lang = isLang(chosen) ? chosen : preferredLang(headers.get("accept-language"));
  return {
    lang,
    t: translator(lang),
    theme: theme === "light" || theme === "dark" ? theme : "auto",
  };
}
