/**
 * The access token that FCM wants with every request. It is had from Google's token endpoint for a
 * signed statement (RFC 7523), is good for an hour, and is renewed some minutes before that; all who
 * need one at the same time share one request.
 */
import type { Clock } from "../../../../shared/clock.ts";
import { nowSec } from "../../../../shared/clock.ts";
import { jsonObject, reasonWord } from "../answer_json.ts";
import { type HttpAnswer, HttpFailure, type HttpPoster } from "../http_poster.ts";
import { retry, type RetryOutcome } from "../push_service.ts";
import { signJwt } from "../signed_jwt.ts";
import type { ServiceAccount } from "./credentials.ts";

const SCOPE = "https://www.googleapis.com/auth/firebase.messaging";
const GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";
/** How long our statement is good, in seconds; Google takes no more than an hour. */
const STATEMENT_SEC = 3600;
/** A token is renewed when less than this is left of it, in milliseconds. */
export const RENEW_BEFORE_MS = 5 * 60_000;

/** A token, or what its lack means for the push that needs one. */
export type TokenResult =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly outcome: RetryOutcome };

interface Known {
  readonly token: string;
  readonly renewAtMs: number;
}

export class AccessToken {
  readonly #account: ServiceAccount;
  readonly #poster: HttpPoster;
  readonly #clock: Clock;
  #known: Known | null = null;
  #request: Promise<TokenResult> | null = null;

  constructor(account: ServiceAccount, poster: HttpPoster, clock: Clock) {
    this.#account = account;
    this.#poster = poster;
    this.#clock = clock;
  }

  /** Never rejects. */
  async get(): Promise<TokenResult> {
    if (this.#known !== null && this.#clock.nowMs() < this.#known.renewAtMs) {
      return { ok: true, token: this.#known.token };
    }
    this.#request ??= this.#fetch().finally(() => this.#request = null);
    return await this.#request;
  }

  /** FCM did not take this token; the next one asked for is a new one. */
  refuse(token: string): void {
    if (this.#known?.token === token) this.#known = null;
  }

  async #fetch(): Promise<TokenResult> {
    const { tokenUri } = this.#account;
    try {
      return this.#read(
        await this.#poster.post(tokenUri, {
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body: new URLSearchParams({ grant_type: GRANT_TYPE, assertion: this.#statement() })
            .toString(),
        }),
      );
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      return { ok: false, outcome: retry("service", `token endpoint: ${error.message}`) };
    }
  }

  #statement(): string {
    const { clientEmail, privateKey, tokenUri } = this.#account;
    const iat = nowSec(this.#clock);
    const claims = { iss: clientEmail, scope: SCOPE, aud: tokenUri, iat, exp: iat + STATEMENT_SEC };
    return signJwt({ alg: "RS256", claims }, privateKey);
  }

  #read({ status, body, retryAfterMs }: HttpAnswer): TokenResult {
    const { access_token, expires_in, error } = jsonObject(body);
    if (status !== 200 || typeof access_token !== "string" || access_token === "") {
      const isPassing = status === 429 || status >= 500;
      const reason = `token endpoint: ${reasonWord(error, `HTTP ${status}`)}`;
      const scope = isPassing ? "service" : "credentials";
      return { ok: false, outcome: retry(scope, reason, retryAfterMs) };
    }
    const goodForMs = typeof expires_in === "number" ? expires_in * 1000 : STATEMENT_SEC * 1000;
    // A token that is good for minutes only is used for half of them.
    const useForMs = Math.max(goodForMs - RENEW_BEFORE_MS, goodForMs / 2);
    this.#known = { token: access_token, renewAtMs: this.#clock.nowMs() + useForMs };
    return { ok: true, token: access_token };
  }
}
