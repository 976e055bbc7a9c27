/** Languages of the admin. English is the reference: every other one has the same keys. */
import { en } from "./en.ts";
import { zh } from "./zh.ts";

export const LANGUAGES = { en: "English", zh: "中文" } as const;
export type Lang = keyof typeof LANGUAGES;
export type TextKey = keyof typeof en;
/** Texts have `{name}` where a value goes. */
export type Translate = (
  key: TextKey,
  values?: Readonly<Record<string, string | number>>,
) => string;

const TEXTS: Readonly<Record<Lang, Readonly<Record<TextKey, string>>>> = { en, zh };

export function isLang(text: string | undefined): text is Lang {
  return text !== undefined && Object.hasOwn(LANGUAGES, text);
}

export function isTextKey(text: string): text is TextKey {
  return Object.hasOwn(en, text);
}

export function translator(lang: Lang): Translate {
  const texts = TEXTS[lang];
  return (key, values = {}) =>
    texts[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** What the browser asks for first of those that we have; English for any other. */
export function preferredLang(acceptLanguage: string | null): Lang {
  const wanted = (acceptLanguage ?? "").split(",").map((part) => {
    const [tag = "", ...options] = part.trim().toLowerCase().split(";");
    const quality = options.map((one) => /^\s*q=([\d.]+)$/.exec(one)?.[1]).find((one) => one);
    return { lang: tag.split("-")[0], quality: quality === undefined ? 1 : Number(quality) };
  }).sort((a, b) => b.quality - a.quality);
  for (const { lang, quality } of wanted) if (quality > 0 && isLang(lang)) return lang;
  return "en";
}
