/** Reads the body of a request, as long as it keeps coming. */
import type { Clock } from "../../../shared/clock.ts";

/** How long the next piece may take, in milliseconds (docs/spec/wire.md 3). */
export const SILENCE_LIMIT_MS = 30_000;
/** How long a whole body may take, in milliseconds: a piece every now and then is no upload. */
export const BODY_LIMIT_MS = 600_000;

/** The client was silent for too long, or is too slow. */
export class SlowBodyError extends Error {
  override readonly name = "SlowBodyError";
}

/** The connection ended before the body did, or the body is not what its header says. */
export class BrokenBodyError extends Error {
  override readonly name = "BrokenBodyError";
}

/**
 * The pieces of a body. Leaving the loop early lets go of the rest.
 * @throws {SlowBodyError | BrokenBodyError}
 */
export async function* piecesOf(request: Request, clock: Clock): AsyncGenerator<Uint8Array> {
  if (request.body === null) return;
  const reader = request.body.getReader();
  const endsMs = clock.nowMs() + BODY_LIMIT_MS;
  try {
    for (;;) {
      const limitMs = Math.min(SILENCE_LIMIT_MS, endsMs - clock.nowMs());
      const { value } = await readWithin(reader, limitMs, clock);
      if (value === undefined) return;
      yield value;
    }
  } finally {
    // Not waited for, and a failure says only that the connection has gone.
    reader.cancel().catch(() => {});
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

function readWithin(reader: Reader, limitMs: number, clock: Clock): ReturnType<Reader["read"]> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(limitMs, () => reject(new SlowBodyError(`silent for ${limitMs} ms`)));
    reader.read().then(
      (result) => {
        timer.cancel();
        resolve(result);
      },
      (cause) => {
        timer.cancel();
        reject(new BrokenBodyError("the body was broken off", { cause }));
      },
    );
  });
}
