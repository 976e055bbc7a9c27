/**
 * CSV as RFC 4180 has it: comma, double quotes, CR LF or LF. A text that a spreadsheet would take
 * for a formula gets a quote in front when it is written, which reading takes away again.
 */

const NEEDS_QUOTES = /[",\r\n]/;
/** Also behind guards of its own, so that taking one away gives the text back. */
const FORMULA = /^'*[=+\-@\t]/;
const GUARDED = /^'+[=+\-@\t]/;

export function csvLine(values: readonly (string | number)[]): string {
  return `${values.map(csvValue).join(",")}\r\n`;
}

function csvValue(value: string | number): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export interface CsvRow {
  /** Where it begins, from 1. */
  readonly line: number;
  readonly values: readonly string[];
}

/** The rows of a file, empty lines left out; `null` when a quote is not closed or out of place. */
export function parseCsv(text: string): CsvRow[] | null {
  const reader = new CsvReader(text.replace(/^\ufeff/, ""));
  const rows: CsvRow[] = [];
  while (!reader.isAtEnd) {
    const row = reader.row();
    if (row === null) return null;
    if (row.values.length > 1 || row.values[0] !== "") rows.push(row);
  }
  return rows;
}

class CsvReader {
  readonly #text: string;
  #at = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  row(): CsvRow | null {
    const line = this.#line;
    const values: string[] = [];
    for (;;) {
      const value = this.#text[this.#at] === '"' ? this.#quoted() : this.#plain();
      if (value === null) return null;
      values.push(GUARDED.test(value) ? value.slice(1) : value);
      const next = this.#text[this.#at];
      if (next === ",") {
        this.#at++;
        continue;
      }
      if (next === "\r" && this.#text[this.#at + 1] === "\n") this.#at++;
      else if (next !== undefined && next !== "\n") return null;
      this.#at++;
      this.#line++;
      return { line, values };
    }
  }

  #plain(): string | null {
    const start = this.#at;
    while (!this.isAtEnd && !/[,\r\n]/.test(this.#text[this.#at]!)) this.#at++;
    const value = this.#text.slice(start, this.#at);
    return value.includes('"') ? null : value;
  }

  #quoted(): string | null {
    let value = "";
    for (this.#at++;;) {
      const end = this.#text.indexOf('"', this.#at);
      if (end < 0) return null;
      const part = this.#text.slice(this.#at, end);
      this.#line += part.split("\n").length - 1;
      value += part;
      this.#at = end + 1;
      if (this.#text[this.#at] !== '"') return value;
      value += '"';
      this.#at++;
    }
  }
}
