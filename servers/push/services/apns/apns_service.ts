/** Apple's push service: HTTP/2, known to it by a signed token or by a client certificate. */
import type { Clock } from "../../../../shared/clock.ts";
import type { Secret } from "../../../../shared/config/mod.ts";
import { HttpFailure, HttpPoster } from "../http_poster.ts";
import { type PushService, type QueuedPush, retry, type SendOutcome } from "../push_service.ts";
import { readApnsAnswer } from "./apns_answer.ts";
import { admitApns, apnsHeaders, apnsPath, apnsPayload } from "./apns_notification.ts";
import type { ClientCertificate } from "./credentials.ts";
import { type ProviderKey, ProviderToken } from "./provider_token.ts";

/** Requests at a time; Apple may take fewer, and the rest then waits for its turn. */
export const APNS_MAX_IN_FLIGHT = 200;

export interface ApnsOptions {
  /** `https://host:port`. */
  readonly origin: string;
  /** Certificates in PEM that are trusted besides the usual ones; "" for none. */
  readonly trustedCerts: string;
  /** The app's bundle id; `null` leaves it to the certificate to say. */
  readonly topic: string | null;
  /** One of the two is how Apple knows us. */
  readonly providerKey: ProviderKey | null;
  readonly clientCert: Secret<ClientCertificate> | null;
}

export function createApnsService(
  { origin, trustedCerts, topic, providerKey, clientCert }: ApnsOptions,
  { clock }: { readonly clock: Clock },
): PushService {
  const poster = new HttpPoster({
    trustedCerts,
    version: "2",
    clock,
    ...(clientCert === null ? {} : { clientCert: clientCert.reveal() }),
  });
  const token = providerKey === null ? null : new ProviderToken(providerKey, clock);

  const send = async (push: QueuedPush): Promise<SendOutcome> => {
    const url = origin + apnsPath(push.order);
    const body = apnsPayload(push.order);
    for (let tries = 0; tries < 2; tries++) {
      const used = token?.current() ?? "";
      const headers = apnsHeaders(push, topic);
      if (used !== "") headers.authorization = `bearer ${used}`;
      const outcome = readApnsAnswer(await poster.post(url, { headers, body }));
      if (outcome !== "expired") return outcome;
      if (token === null || !token.replace(used)) break;
    }
    // It is not the token's age, so most likely this machine's clock is wrong.
    return retry("credentials", "ExpiredProviderToken");
  };

  return {
    name: "apns",
    maxInFlight: APNS_MAX_IN_FLIGHT,
    admit: admitApns,
    send: (push) => send(push).catch(asOutcome),
    stop: () => poster.stop(),
  };
}

/** How TLS words it when the other side does not take our certificate. */
const CERTIFICATE_REFUSED = /\balert\b.*(?:certificate|unknown ?ca|access ?denied)/i;

/** No answer is trouble of the service's; anything else is our bug, and the courier's to report. */
function asOutcome(error: unknown): SendOutcome {
  if (!(error instanceof HttpFailure)) throw error;
  const isRefused = CERTIFICATE_REFUSED.test(error.message);
  return retry(isRefused ? "credentials" : "service", error.message);
}
