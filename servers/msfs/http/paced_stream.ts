/** A body that is read only as fast as its reader takes it, and not longer than it takes anything. */
import type { Clock, Timer } from "../../../shared/clock.ts";
import type { ByteSource } from "../store/types.ts";

/** How long a reader may take nothing, in milliseconds; it is cut off then. */
export const STALL_LIMIT_MS = 60_000;

export interface PacedStreamOptions {
  readonly clock: Clock;
  /** Once, when nothing of the source is held any more; with what went wrong, if anything did. */
  readonly ended: (error: unknown) => void;
}

/**
 * Pieces are read when they are asked for, so one is in memory at a time. A body that cannot be sent
 * to its end is closed early: it is shorter than its Content-Length, which breaks the connection and
 * tells the client.
 */
export function pacedStream(source: ByteSource, options: PacedStreamOptions): ReadableStream {
  const { clock, ended } = options;
  let stall: Timer | null = null;
  let isOver = false;
  const finish = (error: unknown = null): void => {
    if (isOver) return;
    isOver = true;
    stall?.cancel();
    source.close();
    ended(error);
  };
  const giveUp = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    controller.close();
    finish(new Error(`the reader took nothing for ${STALL_LIMIT_MS} ms`));
  };
  return new ReadableStream<Uint8Array>({
    start(controller) {
      stall = clock.after(STALL_LIMIT_MS, () => giveUp(controller));
    },
    async pull(controller) {
      stall?.cancel();
      try {
        const piece = await source.next();
        if (isOver) return;
        if (piece === null) {
          controller.close();
          finish();
          return;
        }
        // Before the piece is handed over: its reader may cancel at that moment.
        stall = clock.after(STALL_LIMIT_MS, () => giveUp(controller));
        controller.enqueue(piece);
      } catch (error) {
        if (!isOver) controller.close();
        finish(error);
      }
    },
    cancel() {
      finish();
    },
  }, { highWaterMark: 0 });
}
