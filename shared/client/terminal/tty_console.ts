/** A person at a terminal: line editing and history by `node:readline`, messages above the input. */
import process from "node:process";
import { createInterface, type Interface } from "node:readline";
import type { ChatConsole } from "./console.ts";
import { displayWidth } from "./format.ts";

const HISTORY_LINES = 200;
const CLEAR_TO_END = "\r\x1b[J";

function up(rows: number): string {
  return rows > 0 ? `\x1b[${rows}A` : "";
}

export class TtyConsole implements ChatConsole {
  readonly isInteractive = true;
  readonly #readline: Interface;
  #prompt = "> ";
  /** Columns of the line that was entered last; 0 once something was printed after it. */
  #enteredWidth = 0;
  /** Lines entered that were not yet given out: the user types ahead. */
  #ahead = 0;
  #isClosed = false;

  constructor() {
    this.#readline = createInterface({
      input: process.stdin,
      output: process.stdout,
      prompt: this.#prompt,
      terminal: true,
      historySize: HISTORY_LINES,
    });
    this.#readline.on("SIGINT", () => this.close());
    this.#readline.on("close", () => {
      this.#isClosed = true;
      process.stdout.write("\n");
    });
    this.#readline.on("line", (line) => {
      const isNext = ++this.#ahead === 1;
      this.#enteredWidth = isNext ? displayWidth(this.#prompt) + displayWidth(line) : 0;
    });
  }

  print(text: string): void {
    this.#enteredWidth = 0;
    if (this.#isClosed) {
      process.stdout.write(`${text}\n`);
      return;
    }
    process.stdout.write(`${up(this.#readline.getCursorPos().rows)}${CLEAR_TO_END}${text}\n`);
    this.#readline.prompt(true);
  }

  printError(text: string): void {
    this.print(text);
  }

  setPrompt(text: string): void {
    this.#prompt = text;
    this.#readline.setPrompt(text);
    if (!this.#isClosed) this.#readline.prompt(true);
  }

  eraseEntered(): void {
    if (this.#enteredWidth === 0) return;
    const columns = process.stdout.columns || 80;
    process.stdout.write(`${up(Math.ceil(this.#enteredWidth / columns))}${CLEAR_TO_END}`);
    this.#enteredWidth = 0;
  }

  async *lines(): AsyncGenerator<string> {
    if (this.#isClosed) return;
    this.#readline.prompt();
    for await (const line of this.#readline) {
      this.#ahead--;
      yield line;
      if (!this.#isClosed) this.#readline.prompt();
    }
  }

  close(): void {
    this.#readline.close();
  }
}
