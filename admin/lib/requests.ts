/** What kind of request it is. */

/** A form of a page. */
export function isForm({ method, headers }: Request): boolean {
  const type = headers.get("content-type") ?? "";
  return method === "POST" &&
    /^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type);
}

/** From a script, which has no use for a page. */
export function wantsData({ headers }: Request): boolean {
  return /^(application\/json|text\/event-stream)/.test(headers.get("accept") ?? "");
}
