import type { ChatConsole } from "../console.ts";

/** A console that the test types on and reads from. */
export class FakeConsole implements ChatConsole {
  readonly isInteractive: boolean;
  prompt = "";
  erased = 0;
  readonly output: string[] = [];
  readonly errors: string[] = [];
  readonly #entered: string[] = [];
  readonly #watches = new Set<() => void>();
  #wake = (): void => {};
  #isClosed = false;

  constructor(options: { readonly isInteractive: boolean }) {
    this.isInteractive = options.isInteractive;
  }

  enter(...lines: readonly string[]): void {
    this.#entered.push(...lines);
    this.#wake();
  }

  /** Waits until a line that contains `text` was printed, and returns it. */
  async printed(text: string): Promise<string> {
    for (;;) {
      const found = [...this.output, ...this.errors].find((line) => line.includes(text));
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#watches.add(resolve));
    }
  }

  print(text: string): void {
    this.output.push(...text.split("\n"));
    this.#printed();
  }

  printError(text: string): void {
    this.errors.push(text);
    this.#printed();
  }

  setPrompt(text: string): void {
    this.prompt = text;
  }

  eraseEntered(): void {
    this.erased++;
  }

  async *lines(): AsyncGenerator<string> {
    while (!this.#isClosed) {
      const line = this.#entered.shift();
      if (line !== undefined) yield line;
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  #printed(): void {
    const watches = [...this.#watches];
    this.#watches.clear();
    for (const wake of watches) wake();
  }
}
