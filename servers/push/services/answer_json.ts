/** Reading what push services answer. It comes from outside: nothing in it is taken for granted. */

/** The fields of a JSON object; none for anything else. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return {}; // No JSON, so no fields: the status alone has to do.
  }
}

export function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

/** A service's word for a problem, fit for a log line; `otherwise` when it is no such word. */
export function reasonWord(value: unknown, otherwise: string): string {
  return typeof value === "string" && /^\w{1,40}$/.test(value) ? value : otherwise;
}
