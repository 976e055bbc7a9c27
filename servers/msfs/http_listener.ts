/**
 * An HTTP listener over `Deno.serve` (docs/decisions/0005-msfs-on-deno-serve.md). It parses
 * requests, refuses malformed ones, and lets go of what a client sends behind an early answer.
 */
import type { Clock } from "../../shared/clock.ts";
import { type Address, type Listener, ListenError } from "../../shared/netlib/mod.ts";
import { withinMs } from "../../shared/within.ts";
import { Places } from "./state/places.ts";

/**
 * How long the last answers may take to leave, in milliseconds. `Deno.serve` tells when it has taken
 * an answer over, not when it has sent it.
 */
const FLUSH_MS = 100;

export interface HttpListenerOptions {
  readonly clock: Clock;
  /** `address` is that of the client, without its port. */
  readonly answer: (request: Request, address: string) => Promise<Response>;
  /** What is answered while the listener stops. */
  readonly answerStopping: () => Response;
  /** How long answers under way may take once the listener stops, in milliseconds. */
  readonly stopLimitMs: number;
}

/**
 * Stops in two steps: no request is taken up any more, then, when those under way are answered or
 * out of time, everything is closed. `shutdown()` of `Deno.serve` is not used: it breaks off the
 * bodies that are being read, so that no upload could be finished, and waits for ever for a client
 * that does not read.
 * @throws {ListenError} when the address cannot be bound
 */
export function listenHttp(address: Address, options: HttpListenerOptions): Listener {
  const { clock, answer, answerStopping, stopLimitMs } = options;
  const abort = new AbortController();
  const underWay = new Places(Infinity);
  let isStopping = false;
  let lastAnswerMs = -Infinity;
  const server = serve(address, abort.signal, (request, { remoteAddr, completed }) => {
    if (isStopping) return answerStopping();
    const leave = underWay.take()!;
    const answered = (): void => {
      lastAnswerMs = clock.nowMs();
      leave();
    };
    completed.then(answered, answered);
    return answer(request, remoteAddr.hostname);
  });
  return {
    address: { host: address.host, port: server.addr.port },
    async stop() {
      isStopping = true;
      await withinMs(clock, stopLimitMs, underWay.whenAllFree());
      const flushMs = lastAnswerMs + FLUSH_MS - clock.nowMs();
      if (flushMs > 0) await new Promise<void>((resolve) => clock.after(flushMs, resolve));
      abort.abort();
      await server.finished;
    },
  };
}

function serve(
  address: Address,
  signal: AbortSignal,
  handler: Deno.ServeHandler<Deno.NetAddr>,
): Deno.HttpServer<Deno.NetAddr> {
  const { host: hostname, port } = address;
  try {
    return Deno.serve({ hostname, port, signal, onListen: () => {} }, handler);
  } catch (cause) {
    throw new ListenError(address, cause);
  }
}
