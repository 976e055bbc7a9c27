/** What a line of the user means. */

export type Input =
  | { readonly kind: "nothing" }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "command"; readonly name: string; readonly args: readonly string[] };

/**
 * `/name argument "argument with spaces"` is a command, all else is text to send; `//` at the front
 * sends a text that begins with one slash.
 */
export function parseInput(line: string): Input {
  const text = line.trim();
  if (text === "") return { kind: "nothing" };
  if (!text.startsWith("/")) return { kind: "text", text };
  if (text.startsWith("//")) return { kind: "text", text: text.slice(1) };
  const [name = "", ...args] = splitWords(text.slice(1));
  return { kind: "command", name: name.toLowerCase(), args };
}

/** Words, with double quotes around those that hold spaces; a missing closing quote is forgiven. */
function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"?|[^\s"]+/g)].map((match) => match[1] ?? match[0]);
}
