/** What the address of a page asks for. */

/** The same page with other parameters; `null` leaves one out. */
export function withQuery(
  url: URL,
  changes: Readonly<Record<string, string | number | null>>,
): string {
  const params = new URLSearchParams(url.searchParams);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") params.delete(name);
    else params.set(name, String(value));
  }
  const query = params.toString();
  return query === "" ? url.pathname : `${url.pathname}?${query}`;
}

/** A parameter that has to be one of a list; the first of the list for any other. */
export function choiceOf<T extends string>(
  url: URL,
  name: string,
  choices: readonly [T, ...T[]],
): T {
  const value = url.searchParams.get(name);
  return choices.find((one) => one === value) ?? choices[0];
}

/** A whole number from `min`; `fallback` for anything else. */
export function numberOf(
  url: URL,
  name: string,
  { min, max, fallback }: { readonly min: number; readonly max: number; readonly fallback: number },
): number {
  const text = url.searchParams.get(name) ?? "";
  const value = /^\d{1,10}$/.test(text) ? Number(text) : fallback;
  return value < min || value > max ? fallback : value;
}

/** The number of a path parameter, or `null` for what is none. */
export function idOf(text: string | undefined): number | null {
  const value = text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
  return value !== null && value <= 0xffff_ffff ? value : null;
}

/** A search the API takes: without control characters, and not too long. */
export function searchOf(url: URL, name = "search"): string {
  const text = (url.searchParams.get(name) ?? "").replace(/[\p{Cc}\p{Cs}\ufffd]/gu, "").trim();
  return [...text].slice(0, 64).join("");
}

/** The address of the last page, for one behind it: rows may have gone. `null` when all is well. */
export function lastPage(
  url: URL,
  { page, page_size, total }: {
    readonly page: number;
    readonly page_size: number;
    readonly total: number;
  },
): string | null {
  const last = Math.max(1, Math.ceil(total / page_size));
  return page > last ? withQuery(url, { page: last }) : null;
}

/** A day of the server's time zone. */
export interface Day {
  /** As a date input has it: `2026-01-31`. */
  readonly day: string;
  /** Its first and its last second, unix time. */
  readonly since: number;
  readonly until: number;
}

/** `null` for what is no day. */
export function dayOf(url: URL, name: string): Day | null {
  const day = url.searchParams.get(name) ?? "";
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? [];
  if (date === undefined) return null;
  const start = new Date(Number(year), Number(month) - 1, Number(date));
  if (start.getDate() !== Number(date) || start.getFullYear() < 1971) return null;
  // Days of 23 and 25 hours are not to be miscounted.
  const next = new Date(Number(year), Number(month) - 1, Number(date) + 1);
  const until = Math.min(next.getTime() / 1000 - 1, 0xffff_ffff);
  return { day, since: Math.min(start.getTime() / 1000, until), until };
}
