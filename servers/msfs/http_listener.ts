/**
 * An HTTP listener over `Deno.serve` (docs/decisions/0005-msfs-on-deno-serve.md). It parses
 * requests, refuses malformed ones, and lets go of what a client sends behind an early answer.
 */
import type { Clock, Timer } from "../../shared/clock.ts";
import type { Logger } from "../../shared/log/mod.ts";
import { type Address, type Listener, ListenError } from "../../shared/netlib/mod.ts";
import { reasonOf } from "../../shared/netlib/reason.ts";
import { withinMs } from "../../shared/within.ts";
import { Places } from "./state/places.ts";

/**
 * How long the last answers may take to leave, in milliseconds. `Deno.serve` tells when it has taken
 * an answer over, not when it has sent it.
 */
const FLUSH_MS = 100;
/** How long to wait before listening again when the listener has ended by itself, in milliseconds. */
const LISTEN_AGAIN_MS = 1000;

export interface HttpListenerOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** `address` is that of the client, without its port. */
  readonly answer: (request: Request, address: string) => Promise<Response>;
  /** What is answered while the listener stops. */
  readonly answerStopping: () => Response;
  /** How long answers under way may take once the listener stops, in milliseconds. */
  readonly stopLimitMs: number;
}

export class HttpListener implements Listener {
  readonly #options: HttpListenerOptions;
  readonly #underWay = new Places(Infinity);
  #server: Deno.HttpServer<Deno.NetAddr>;
  /** Closes the server with all its connections; one that has ended by itself takes no abort. */
  #abort: AbortController | null = null;
  #listenAgain: Timer | null = null;
  #isStopping = false;
  #lastAnswerMs = -Infinity;
  readonly address: Address;

  /** @throws {ListenError} when the address cannot be bound */
  constructor(address: Address, options: HttpListenerOptions) {
    this.#options = options;
    try {
      this.#server = this.#serve(address);
    } catch (cause) {
      throw new ListenError(address, cause);
    }
    this.address = { host: address.host, port: this.#server.addr.port };
    this.#watch();
  }

  /**
   * Stops in two steps: no request is taken up any more, then, when those under way are answered or
   * out of time, everything is closed. `shutdown()` of `Deno.serve` is not used: it breaks off the
   * bodies that are being read, so that no upload could be finished, and waits for ever for a client
   * that does not read.
   */
  async stop(): Promise<void> {
    const { clock, stopLimitMs } = this.#options;
    this.#isStopping = true;
    this.#listenAgain?.cancel();
    await withinMs(clock, stopLimitMs, this.#underWay.whenAllFree());
    const flushMs = this.#lastAnswerMs + FLUSH_MS - clock.nowMs();
    if (flushMs > 0) await new Promise<void>((resolve) => clock.after(flushMs, resolve));
    if (this.#abort === null) return;
    this.#abort.abort();
    await this.#server.finished;
  }

  #serve({ host, port }: Address): Deno.HttpServer<Deno.NetAddr> {
    const { answer, answerStopping } = this.#options;
    const abort = new AbortController();
    const options = { hostname: host, port, signal: abort.signal, onListen: () => {} };
    const server = Deno.serve(options, (request, { remoteAddr, completed }) => {
      if (this.#isStopping) return answerStopping();
      this.#track(completed);
      return answer(request, remoteAddr.hostname);
    });
    this.#abort = abort;
    return server;
  }

  #track(completed: Promise<void>): void {
    const leave = this.#underWay.take()!;
    const answered = (): void => {
      this.#lastAnswerMs = this.#options.clock.nowMs();
      leave();
    };
    completed.then(answered, answered);
  }

  /**
   * `Deno.serve` ends for good when it cannot accept a connection because the process has no file
   * descriptors left (Deno 2.9.6). Requests under way are served to their end; once there is room
   * again, so are new ones.
   */
  #watch(): void {
    this.#server.finished.then(
      () => this.#ended("it was closed"),
      (error) => this.#ended(reasonOf(error)),
    );
  }

  #ended(reason: string): void {
    this.#abort = null;
    if (this.#isStopping) return;
    const { clock, log } = this.#options;
    log.error("not listening: see that the process may open more files", { reason });
    this.#listenAgain = clock.after(LISTEN_AGAIN_MS, () => this.#tryAgain());
  }

  #tryAgain(): void {
    try {
      this.#server = this.#serve(this.address);
      this.#watch();
      this.#options.log.info("listening again", { ...this.address });
    } catch (error) {
      this.#ended(reasonOf(error));
    }
  }
}
