/** What an answer of Apple means for a push. */
import { jsonObject, reasonWord } from "../answer_json.ts";
import type { HttpAnswer } from "../http_poster.ts";
import { retry, type SendOutcome } from "../push_service.ts";

/** 400s that are about the token; all others are about this push. */
const TOKEN_REASONS: readonly string[] = ["BadDeviceToken", "DeviceTokenNotForTopic"];
/** 400s that are about our set-up: nothing can be delivered until a person has changed it. */
const SETUP_REASONS: readonly string[] = ["BadTopic", "MissingTopic", "TopicDisallowed"];

/** `"expired"`: our token is not good any more, and a new one may be. */
export function readApnsAnswer(
  { status, body, retryAfterMs }: HttpAnswer,
): SendOutcome | "expired" {
  if (status === 200) return { kind: "delivered" };
  const reason = reasonWord(jsonObject(body).reason, `HTTP ${status}`);
  switch (status) {
    case 400:
      if (TOKEN_REASONS.includes(reason)) return { kind: "gone", reason };
      if (SETUP_REASONS.includes(reason)) return retry("credentials", reason);
      return reason === "IdleTimeout" ? retry("service", reason) : { kind: "rejected", reason };
    case 403:
      return reason === "ExpiredProviderToken" ? "expired" : retry("credentials", reason);
    case 410:
      return { kind: "gone", reason };
    case 429:
      // Too much for one device, unless it is about our tokens.
      return reason === "TooManyProviderTokenUpdates"
        ? retry("service", reason, retryAfterMs)
        : retry("device", reason, retryAfterMs);
    case 500:
      return retry("device", reason, retryAfterMs);
    default:
      return status > 400 && status < 500
        ? { kind: "rejected", reason }
        : retry("service", reason, retryAfterMs);
  }
}
