/**
 * POST requests to an HTTP service, over connections that are kept. Every request ends: with an
 * answer, or with a {@link HttpFailure} when there was none in time or the poster was stopped. One
 * that a kept connection takes to its grave is sent again by `fetch` itself, once.
 */
import type { Clock } from "../../../shared/clock.ts";
import { retryAfterMs } from "./retry_after.ts";

/** How long an answer may take, in milliseconds, connecting included. */
export const HTTP_TIMEOUT_MS = 10_000;
/** Longest answer that is read; what is beyond is not looked at. */
export const MAX_ANSWER_BYTES = 64 * 1024;

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
  readonly clock: Clock;
}

export class HttpPoster {
  readonly #client: Deno.HttpClient;
  readonly #clock: Clock;
  readonly #underWay = new Set<AbortController>();
  #isStopped = false;

  constructor({ trustedCerts, clock }: HttpPosterOptions) {
    this.#client = Deno.createHttpClient({ caCerts: trustedCerts === "" ? [] : [trustedCerts] });
    this.#clock = clock;
  }

  /** @throws {HttpFailure} when there is no answer */
  async post(
    url: string,
    { headers, body }: { readonly headers: Record<string, string>; readonly body: string },
  ): Promise<HttpAnswer> {
    if (this.#isStopped) throw new HttpFailure("stopped");
    const abort = new AbortController();
    this.#underWay.add(abort);
    const timeout = this.#clock.after(
      HTTP_TIMEOUT_MS,
      () => abort.abort(new HttpFailure(`no answer within ${HTTP_TIMEOUT_MS} ms`)),
    );
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        redirect: "manual", // A service that has moved is for a person to decide about.
        client: this.#client,
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
      this.#underWay.delete(abort);
    }
  }

  /** Ends requests under way and closes the connections. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const abort of this.#underWay) abort.abort(new HttpFailure("stopped"));
    this.#client.close();
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
