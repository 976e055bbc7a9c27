/** What a server process says on its standard output, line by line. */
import assert from "node:assert/strict";

/** The lines of a process, as they come. */
export async function* linesOf(
  output: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + part).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** The next line with this in it. */
export async function lineWith(lines: AsyncGenerator<string>, text: string): Promise<string> {
  for (;;) {
    const { value, done } = await lines.next();
    assert.ok(!done, `the process ended before it said "${text}"`);
    if (value.includes(text)) return value;
  }
}
