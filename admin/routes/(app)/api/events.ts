/** The figures of the dashboard as server-sent events, as long as the page is open. */
import { HttpError } from "fresh";
import type { Timer } from "../../../../shared/clock.ts";
import { ApiError } from "../../../lib/api.ts";
import { readFigures } from "../../../lib/figures.ts";
import { define } from "../../../utils.ts";

const PERIOD_MS = 2000;
/** A stream ends then, and the browser opens another one: sessions and servers change. */
const STREAM_LIMIT_MS = 10 * 60_000;

export const handler = define.handlers({
  GET(ctx) {
    const { api, t, services } = ctx.state;
    const { clock, log, listeners } = services;
    const place = listeners.take();
    if (place === null) throw new HttpError(503, "busy");
    const encoder = new TextEncoder();
    let timers: readonly Timer[] = [];
    let isAsking = false;
    const stop = (): void => {
      for (const timer of timers) timer.cancel();
      place.release();
    };
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const end = (): void => {
          stop();
          controller.close();
        };
        const send = async (): Promise<void> => {
          // A reader that does not keep up gets fewer figures, not late ones.
          if (isAsking || (controller.desiredSize ?? 0) <= 0) return;
          isAsking = true;
          try {
            const { figures } = await readFigures(api, t);
            if (place.isTaken) {
              controller.enqueue(encoder.encode(`data: ${JSON.stringify(figures)}\n\n`));
            }
          } catch (error) {
            if (!(error instanceof ApiError)) log.error("live figures failed", { error });
            if (place.isTaken) end();
          } finally {
            isAsking = false;
          }
        };
        timers = [
          clock.every(PERIOD_MS, () => void send()),
          clock.after(STREAM_LIMIT_MS, end),
        ];
        return send();
      },
      cancel: stop,
    });
    return new Response(body, {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  },
});
