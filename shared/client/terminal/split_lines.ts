/** Longest line taken, in characters; what is longer comes in pieces of this length. */
export const MAX_LINE_LENGTH = 64 * 1024;

/** Cuts a stream of UTF-8 into lines, without their ends. */
export async function* splitLines(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop()!;
    yield* lines;
    while (rest.length > MAX_LINE_LENGTH) {
      yield rest.slice(0, MAX_LINE_LENGTH);
      rest = rest.slice(MAX_LINE_LENGTH);
    }
    if (done) break;
  }
  if (rest !== "") yield rest;
}
