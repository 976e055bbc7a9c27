/** Apple's push service: HTTP/2, known to it by a signed token or by a client certificate. */
import type { Clock } from "../../../../shared/clock.ts";
import { type PushService, type QueuedPush, retry, type SendOutcome } from "../push_service.ts";
import { readApnsAnswer } from "./apns_answer.ts";
import { admitApns, apnsHeaders, apnsPayload } from "./apns_notification.ts";
import {
  type ApnsAnswer,
  type ApnsEndpoint,
  ApnsFailure,
  ApnsSession,
  MAX_STREAMS,
} from "./apns_session.ts";
import { type ProviderKey, ProviderToken } from "./provider_token.ts";

/** Connections that a push is tried on in a row, when one after the other goes away untouched. */
const MAX_CONNECTIONS_PER_TRY = 3;

export interface ApnsOptions extends ApnsEndpoint {
  /** The app's bundle id; `null` leaves it to the certificate to say. */
  readonly topic: string | null;
  /** With a token; `null` with a client certificate. */
  readonly providerKey: ProviderKey | null;
}

export function createApnsService(
  options: ApnsOptions,
  { clock }: { readonly clock: Clock },
): PushService {
  const { topic, providerKey } = options;
  const connection = new ApnsConnection(options, clock);
  const token = providerKey === null ? null : new ProviderToken(providerKey, clock);

  const send = async (push: QueuedPush): Promise<SendOutcome> => {
    const body = apnsPayload(push.order);
    for (let tries = 0; tries < 2; tries++) {
      const used = token?.current() ?? "";
      const headers = apnsHeaders(push, topic);
      if (used !== "") headers["authorization"] = `bearer ${used}`;
      const outcome = readApnsAnswer(await connection.request(headers, body));
      if (outcome !== "expired") return outcome;
      if (token === null || !token.replace(used)) break;
    }
    // It is not the token's age, so most likely this machine's clock is wrong.
    return retry("credentials", "ExpiredProviderToken");
  };

  return {
    name: "apns",
    maxInFlight: MAX_STREAMS,
    admit: admitApns,
    send: (push) => send(push).catch(asOutcome),
    stop: () => connection.stop(),
  };
}

/** How TLS words it when the other side does not take our certificate. */
const CERTIFICATE_REFUSED = /\balert\b.*(?:certificate|unknown ?ca|access ?denied)/i;

/** No answer is trouble of the service's; anything else is our bug, and the courier's to report. */
function asOutcome(error: unknown): SendOutcome {
  if (!(error instanceof ApnsFailure)) throw error;
  const isRefused = CERTIFICATE_REFUSED.test(error.message);
  return retry(isRefused ? "credentials" : "service", error.message);
}

/** Keeps one connection that can be used, and lets those that retire come to their end. */
class ApnsConnection {
  readonly #endpoint: ApnsEndpoint;
  readonly #clock: Clock;
  readonly #sessions = new Set<ApnsSession>();
  #current: ApnsSession | null = null;
  #isStopped = false;

  constructor(endpoint: ApnsEndpoint, clock: Clock) {
    this.#endpoint = endpoint;
    this.#clock = clock;
  }

  /** @throws {ApnsFailure} when there is no answer */
  async request(headers: Record<string, string>, body: string): Promise<ApnsAnswer> {
    for (let left = MAX_CONNECTIONS_PER_TRY; !this.#isStopped; left--) {
      const session = this.#usable();
      try {
        return await session.request(headers, body);
      } catch (error) {
        const isUntouched = error instanceof ApnsFailure && error.isUntouched;
        if (!isUntouched || !session.wasOpen || left === 1) throw error;
      }
    }
    throw new ApnsFailure("stopped", true);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const closing = [...this.#sessions];
    for (const session of closing) session.abort("stopped");
    await Promise.all(closing.map((session) => session.whenClosed));
  }

  #usable(): ApnsSession {
    if (this.#current?.isUsable) return this.#current;
    const session = new ApnsSession(this.#endpoint, this.#clock);
    this.#current = session;
    this.#sessions.add(session);
    void session.whenClosed.then(() => this.#sessions.delete(session));
    return session;
  }
}
