import type { ChatConsole } from "./console.ts";
import { splitLines } from "./split_lines.ts";

export interface PipeStreams {
  readonly input: ReadableStream<Uint8Array>;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
}

/** Lines from a pipe or file, plain lines out; errors go to the error stream. */
export class PipeConsole implements ChatConsole {
  readonly isInteractive = false;
  readonly #streams: PipeStreams;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(streams: PipeStreams) {
    this.#streams = streams;
    this.#reader = streams.input.getReader();
  }

  print(text: string): void {
    this.#streams.write(`${text}\n`);
  }

  printError(text: string): void {
    this.#streams.writeError(`${text}\n`);
  }

  setPrompt(): void {}

  eraseEntered(): void {}

  lines(): AsyncIterable<string> {
    return splitLines(this.#reader);
  }

  close(): void {
    // A read that waits ends as at the end of input; a second close finds nothing to cancel.
    this.#reader.cancel().catch(() => {});
  }
}
