/** Times and numbers as people of a language write them. */
import type { Lang } from "./i18n/mod.ts";

export const LOCALES: Readonly<Record<Lang, string>> = { en: "en-GB", zh: "zh-CN" };

/** Unix seconds as date and time in {@link serverZone}; empty for 0, which means never. */
export function formatTime(sec: number, lang: Lang): string {
  if (sec <= 0) return "";
  return new Date(sec * 1000).toLocaleString(LOCALES[lang], {
    dateStyle: "medium",
    timeStyle: "short",
  });
}

/** The time zone of the server, in which every page and chart shows its times. */
export function serverZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function formatNumber(value: number, lang: Lang): string {
  return value.toLocaleString(LOCALES[lang], { maximumFractionDigits: 1 });
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

export function formatBytes(bytes: number, lang: Lang): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log(bytes) / Math.log(1024)), 4);
  return `${formatNumber(bytes / 1024 ** power, lang)} ${UNITS[power]}`;
}

/** Seconds as the two largest units, like `3 d 4 h`. */
export function formatDuration(sec: number): string {
  const parts = [
    [Math.floor(sec / 86_400), "d"],
    [Math.floor(sec / 3600) % 24, "h"],
    [Math.floor(sec / 60) % 60, "min"],
    [Math.floor(sec) % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return "0 s";
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`).join(" ");
}
