/**
 * The signed token that authorises us to Apple. Apple takes one that is up to an hour old, and calls
 * a sender that makes new ones more often than every 20 minutes to order.
 */
import type { KeyObject } from "node:crypto";
import { type Clock, nowSec } from "../../../../shared/clock.ts";
import { signJwt } from "../signed_jwt.ts";

/** A token is renewed at this age, in milliseconds. */
export const RENEW_AFTER_MS = 45 * 60_000;
/** A token that Apple calls expired is replaced only above this age, in milliseconds. */
export const MIN_AGE_MS = 20 * 60_000;

export interface ProviderKey {
  readonly keyId: string;
  readonly teamId: string;
  readonly key: KeyObject;
}

export class ProviderToken {
  readonly #key: ProviderKey;
  readonly #clock: Clock;
  #token = "";
  #madeAtMs = 0;

  constructor(key: ProviderKey, clock: Clock) {
    this.#key = key;
    this.#clock = clock;
  }

  /** The token to use now. */
  current(): string {
    const ageMs = this.#clock.nowMs() - this.#madeAtMs;
    // A negative age: the clock was set back, and Apple does not take a token from the future.
    if (this.#token === "" || ageMs < 0 || ageMs >= RENEW_AFTER_MS) this.#renew();
    return this.#token;
  }

  /** Apple calls this token expired. Tells whether there is another one to try now. */
  replace(token: string): boolean {
    if (token !== this.#token) return true;
    if (this.#clock.nowMs() - this.#madeAtMs < MIN_AGE_MS) return false;
    this.#renew();
    return true;
  }

  #renew(): void {
    const { keyId, teamId, key } = this.#key;
    const claims = { iss: teamId, iat: nowSec(this.#clock) };
    this.#token = signJwt({ alg: "ES256", kid: keyId, claims }, key);
    this.#madeAtMs = this.#clock.nowMs();
  }
}
