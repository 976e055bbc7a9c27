/** Why something failed, in the words of whoever noticed first. */
export function reasonOf(error: unknown): string {
  let first = error;
  while (first instanceof Error && first.cause instanceof Error) first = first.cause;
  const text = first instanceof Error ? first.message : String(first);
  // Deno's fetch: `error sending request for url (…): client error (Connect): tcp connect error: …`
  return text.replace(/^error sending request .*client error \(\w+\): /, "");
}
