/** Asking for a password without showing it. */

export interface KeyReader {
  /** The next bytes typed, `null` at the end of input. */
  read(): Promise<Uint8Array | null>;
}

const MAX_PASSWORD_LENGTH = 256;
const CTRL_C = 3;
const CTRL_D = 4;
const CTRL_U = 21;

/**
 * Reads one line in raw mode: backspace and Ctrl-U edit, Enter ends, Ctrl-C or the end of input
 * gives up with `null`. What follows the Enter in the same bytes is lost.
 */
export async function readHidden(keys: KeyReader): Promise<string | null> {
  const decoder = new TextDecoder();
  let typed: string[] = [];
  for (;;) {
    const bytes = await keys.read();
    if (bytes === null) return null;
    for (const key of decoder.decode(bytes, { stream: true })) {
      const code = key.codePointAt(0)!;
      if (key === "\r" || key === "\n") return typed.join("");
      if (code === CTRL_C || code === CTRL_D) return null;
      if (code === CTRL_U) typed = [];
      else if (key === "\b" || key === "\x7f") typed.pop();
      else if (code >= 0x20 && typed.length < MAX_PASSWORD_LENGTH) typed.push(key);
    }
  }
}
