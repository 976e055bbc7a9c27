/** What the doctor found, one line each, printed as it comes; a remedy stands below its line. */

export type Level = "OK" | "WARN" | "FAIL";

const LEVEL_WIDTH = 6;

export class Report {
  readonly #print: (line: string) => void;
  readonly #counts: Record<Level, number> = { OK: 0, WARN: 0, FAIL: 0 };

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  ok(text: string): void {
    this.#line("OK", text);
  }

  /** It works, but maybe not for everybody who is meant to use it. */
  warn(text: string, remedy: string): void {
    this.#line("WARN", text, remedy);
  }

  /** Clients cannot work like this. */
  fail(text: string, remedy: string): void {
    this.#line("FAIL", text, remedy);
  }

  get failures(): number {
    return this.#counts.FAIL;
  }

  /** The last line. */
  conclude(): void {
    const { WARN, FAIL } = this.#counts;
    if (WARN + FAIL === 0) this.#print("All is well.");
    else this.#print(`${counted(FAIL, "failure")}, ${counted(WARN, "warning")}.`);
  }

  #line(level: Level, text: string, remedy?: string): void {
    this.#counts[level]++;
    this.#print(level.padEnd(LEVEL_WIDTH) + text);
    if (remedy !== undefined) this.#print(" ".repeat(LEVEL_WIDTH) + `→ ${remedy}`);
  }
}

function counted(count: number, what: string): string {
  return `${count === 0 ? "no" : count} ${what}${count === 1 ? "" : "s"}`;
}
