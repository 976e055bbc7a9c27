/** The last lines of what a process said, with the time at which they were read. */

const MAX_LINES = 5000;

export class ProcessLog {
  #lines: { readonly atMs: number; readonly text: string }[] = [];

  /** Reads to the end, so that the process never waits for us. */
  async read(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    onLine: (line: string) => void,
  ): Promise<void> {
    let rest = "";
    for await (const part of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop()!;
      for (const line of lines) {
        this.#add(line);
        onLine(line);
      }
    }
    if (rest !== "") this.#add(rest);
  }

  /** A line of ours, such as a signal that was sent. */
  note(text: string): void {
    this.#add(`---- ${text}`);
  }

  tail(count: number): string[] {
    return this.#lines.slice(-count).map(({ text }) => text);
  }

  /** Lines with their time in seconds since `zeroMs` (of `performance.now()`). */
  since(zeroMs: number): string[] {
    return this.#lines.map(({ atMs, text }) => `${((atMs - zeroMs) / 1000).toFixed(3)} ${text}`);
  }

  #add(text: string): void {
    this.#lines.push({ atMs: performance.now(), text });
    if (this.#lines.length > MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES / 2);
  }
}
