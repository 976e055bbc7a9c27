/** Patterns of SQL's LIKE with `\` as the escape character. */

/** What contains the text. */
export function containing(text: string): string {
  return `%${escaped(text)}%`;
}

/** What begins with the text. */
export function beginningWith(text: string): string {
  return `${escaped(text)}%`;
}

/** The id that a search text may mean; -1, which nothing has, for any other text. */
export function idIn(search: string): number {
  return /^\d{1,10}$/.test(search) ? Number(search) : -1;
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`);
}
