/** The server of development: answers, and tells pages when it has started anew. */
import type { Handler } from "../app.ts";
import { ALIVE_PATH } from "./client_build.ts";

export interface ListenOptions {
  readonly hostname?: string;
  /** 0 asks for any free port. */
  readonly port?: number;
  /** Ends the server. */
  readonly signal?: AbortSignal;
  readonly onListen?: (address: Deno.NetAddr) => void;
}

/** A page whose server has gone asks this often whether it is back, in milliseconds. */
const RETRY_MS = 250;

export async function serveDevelopment(
  handler: Handler,
  { hostname = "127.0.0.1", port = 8000, signal, onListen }: ListenOptions,
): Promise<void> {
  const run = crypto.randomUUID();
  const ended = signal ?? new AbortController().signal;
  await Deno.serve(
    { hostname, port, signal: ended, ...(onListen && { onListen }) },
    (request, info) =>
      new URL(request.url).pathname === ALIVE_PATH
        ? aliveResponse(run, ended)
        : handler(request, info),
  ).finished;
}

/** Stays open as long as the server lives. */
function aliveResponse(run: string, ended: AbortSignal): Response {
  let stop = (): void => {};
  const events = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(`retry: ${RETRY_MS}\ndata: ${run}\n\n`));
      stop = () => controller.close();
      ended.addEventListener("abort", stop, { once: true });
    },
    cancel: () => ended.removeEventListener("abort", stop),
  });
  return new Response(events, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}
