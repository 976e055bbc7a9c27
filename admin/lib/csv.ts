/** CSV as the API reads and writes it: RFC 4180, a quote in front of what looks like a formula. */

/** Reading takes one quote away from such a value, so writing puts one in front. */
const GUARDED = /^'+[=+\-@\t]/;

export function csvValue(value: string): string {
  const text = GUARDED.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Records of a file with their quotes and line ends kept, the head first, empty lines left out. */
export function csvRecords(text: string): string[] {
  const records = text.replace(/^\ufeff/, "").match(/(?:"(?:[^"]|"")*"|[^"\r\n])+/g) ?? [];
  return [...records];
}

/** The values of one record. */
export function csvCells(record: string): string[] {
  const cells = record.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)/g) ?? [];
  return cells.map((cell) => cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);
}
