/** Google's push service, by its HTTP v1 interface. */
import type { Clock } from "../../../../shared/clock.ts";
import { type HttpAnswer, HttpFailure, HttpPoster } from "../http_poster.ts";
import { type PushService, type QueuedPush, retry, type SendOutcome } from "../push_service.ts";
import { AccessToken } from "./access_token.ts";
import type { ServiceAccount } from "./credentials.ts";
import { readFcmAnswer } from "./fcm_answer.ts";
import { admitFcm, fcmMessage } from "./fcm_message.ts";

/** Requests at a time. */
export const FCM_MAX_IN_FLIGHT = 100;

export interface FcmOptions {
  readonly account: ServiceAccount;
  /** `https://fcm.googleapis.com`, or what stands in its place. */
  readonly baseUrl: string;
  readonly trustedCerts: string;
}

export function createFcmService(
  { account, baseUrl, trustedCerts }: FcmOptions,
  { clock }: { readonly clock: Clock },
): PushService {
  const poster = new HttpPoster({ trustedCerts, clock });
  const accessToken = new AccessToken(account, poster, clock);
  const project = encodeURIComponent(account.projectId);
  const url = `${baseUrl}/v1/projects/${project}/messages:send`;

  const post = async (push: QueuedPush, token: string): Promise<HttpAnswer> =>
    await poster.post(url, {
      headers: { "authorization": `Bearer ${token}`, "content-type": "application/json" },
      body: fcmMessage(push, clock.nowMs()),
    });

  const send = async (push: QueuedPush): Promise<SendOutcome> => {
    for (let tries = 0; tries < 2; tries++) {
      const got = await accessToken.get();
      if (!got.ok) return got.outcome;
      const outcome = readFcmAnswer(await post(push, got.token));
      if (outcome !== "unauthenticated") return outcome;
      accessToken.refuse(got.token);
    }
    return retry("credentials", "UNAUTHENTICATED");
  };

  return {
    name: "fcm",
    maxInFlight: FCM_MAX_IN_FLIGHT,
    admit: admitFcm,
    send: (push) => send(push).catch(asOutcome),
    stop: () => poster.stop(),
  };
}

/** No answer is trouble of the service's; anything else is our bug, and the courier's to report. */
function asOutcome(error: unknown): SendOutcome {
  if (error instanceof HttpFailure) return retry("service", error.message);
  throw error;
}
