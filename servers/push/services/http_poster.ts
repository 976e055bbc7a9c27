/**
 * POST requests to an HTTP service, over connections that are kept. Every request ends: with an
 * answer, or with a {@link HttpFailure} when there was none in time or the poster was stopped.
 *
 * `fetch` is used for HTTP/2 too: it keeps to the number of requests that the other side takes at a
 * time, and sends again by itself what a connection that ends in an orderly way, or a kept one that
 * breaks, had not dealt with. What it does not see is a connection that has died without a word. So
 * a request without an answer *retires* the client it used: those under way on it may end, the next
 * ones get a new client and with it a new connection.
 */
import type { Clock } from "../../../shared/clock.ts";
import { retryAfterMs } from "./retry_after.ts";

/** How long an answer may take, in milliseconds, connecting included. */
export const HTTP_TIMEOUT_MS = 10_000;
/** Longest answer that is read; what is beyond is not looked at. */
export const MAX_ANSWER_BYTES = 64 * 1024;
/** A connection that was not used for so long is closed: routers on the way may forget it soon. */
const IDLE_LIMIT_MS = 5 * 60_000;

export interface HttpAnswer {
  readonly status: number;
  /** What `Retry-After` asks for; `null` without one. */
  readonly retryAfterMs: number | null;
  readonly body: string;
}

/** There was no answer. The message says why and names neither address nor content. */
export class HttpFailure extends Error {
  override readonly name = "HttpFailure";
}

export interface HttpPosterOptions {
  /** Certificates in PEM that are trusted besides the usual ones; "" for none. */
  readonly trustedCerts: string;
  /** By which the service knows us, in PEM. */
  readonly clientCert?: { readonly cert: string; readonly key: string };
  /** "2" speaks nothing but HTTP/2; "any" takes the best that the other side offers. */
  readonly version?: "2" | "any";
  readonly clock: Clock;
}

/** A `Deno.HttpClient` with the requests that use it. */
interface Client {
  readonly http: Deno.HttpClient;
  readonly underWay: Set<AbortController>;
}

export class HttpPoster {
  readonly #options: HttpPosterOptions;
  readonly #clock: Clock;
  readonly #clients = new Set<Client>();
  #current: Client | null = null;
  #isStopped = false;

  constructor(options: HttpPosterOptions) {
    this.#options = options;
    this.#clock = options.clock;
  }

  /** @throws {HttpFailure} when there is no answer */
  async post(
    url: string,
    { headers, body }: { readonly headers: Record<string, string>; readonly body: string },
  ): Promise<HttpAnswer> {
    if (this.#isStopped) throw new HttpFailure("stopped");
    const client = this.#current ??= this.#open();
    const abort = new AbortController();
    client.underWay.add(abort);
    const timeout = this.#clock.after(HTTP_TIMEOUT_MS, () => {
      if (this.#current === client) this.#current = null;
      abort.abort(new HttpFailure(`no answer within ${HTTP_TIMEOUT_MS} ms`));
    });
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        redirect: "manual", // A service that has moved is for a person to decide about.
        client: client.http,
        signal: abort.signal,
      });
      return {
        status: response.status,
        retryAfterMs: retryAfterMs(response.headers.get("retry-after"), this.#clock.nowMs()),
        body: await readText(response),
      };
    } catch (error) {
      throw error instanceof HttpFailure ? error : new HttpFailure(reasonWithoutUrl(error));
    } finally {
      timeout.cancel();
      client.underWay.delete(abort);
      this.#closeIfDone(client);
    }
  }

  /** Ends requests under way and closes the connections. */
  stop(): void {
    this.#isStopped = true;
    this.#current = null;
    for (const client of this.#clients) {
      for (const abort of client.underWay) abort.abort(new HttpFailure("stopped"));
      this.#closeIfDone(client);
    }
  }

  #open(): Client {
    const { trustedCerts, clientCert, version = "any" } = this.#options;
    const http = Deno.createHttpClient({
      caCerts: trustedCerts === "" ? [] : [trustedCerts],
      poolIdleTimeout: IDLE_LIMIT_MS,
      ...(version === "2" ? { http1: false, http2: true } : {}),
      ...clientCert,
    });
    const client = { http, underWay: new Set<AbortController>() };
    this.#clients.add(client);
    return client;
  }

  #closeIfDone(client: Client): void {
    if (client === this.#current || client.underWay.size > 0) return;
    if (this.#clients.delete(client)) client.http.close();
  }
}

async function readText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) break; // Leaving the loop cancels the rest.
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}

/** Why a fetch failed. It names the URL, which may hold a secret: only what follows is repeated. */
function reasonWithoutUrl(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const message = cause instanceof Error ? cause.message : String(cause);
  return /client error \(.*$/.exec(message)?.[0] ?? message.replace(/\w+:\/\/\S+/g, "…");
}
