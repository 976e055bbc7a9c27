/**
 * An HTTP listener over `Deno.serve` (docs/decisions/0005-msfs-on-deno-serve.md). It parses
 * requests, refuses malformed ones, and lets go of what a client sends behind an early answer.
 */
import type { Clock } from "../../shared/clock.ts";
import { type Address, type Listener, ListenError } from "../../shared/netlib/mod.ts";
import { withinMs } from "../../shared/within.ts";

export interface HttpListenerOptions {
  readonly clock: Clock;
  /** `address` is that of the client, without its port. */
  readonly answer: (request: Request, address: string) => Promise<Response>;
  /** How long answers under way may take once the listener stops, in milliseconds. */
  readonly stopLimitMs: number;
}

/** @throws {ListenError} when the address cannot be bound */
export function listenHttp(address: Address, options: HttpListenerOptions): Listener {
  const { clock, answer, stopLimitMs } = options;
  const abort = new AbortController();
  const server = serve(address, abort.signal, answer);
  return {
    address: { host: address.host, port: server.addr.port },
    async stop() {
      // Accepts nothing any more, ends idle connections, and waits for answers under way.
      if (await withinMs(clock, stopLimitMs, server.shutdown())) return;
      abort.abort();
      await server.finished;
    },
  };
}

function serve(
  address: Address,
  signal: AbortSignal,
  answer: HttpListenerOptions["answer"],
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve(
      { hostname: address.host, port: address.port, signal, onListen: () => {} },
      (request, { remoteAddr }) => answer(request, remoteAddr.hostname),
    );
  } catch (cause) {
    throw new ListenError(address, cause);
  }
}
