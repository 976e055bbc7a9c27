/**
 * A `Retry-After` header as milliseconds from now: a number of seconds or a date (RFC 9110, 10.2.3).
 * `null` when there is none or it cannot be read.
 */
export function retryAfterMs(value: string | null | undefined, nowMs: number): number | null {
  const text = value?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const dateMs = /^[A-Za-z]/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(dateMs) ? null : Math.max(0, dateMs - nowMs);
}
