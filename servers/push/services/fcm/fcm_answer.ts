/** What an answer of FCM means for a push. */
import { asObject, jsonObject, reasonWord } from "../answer_json.ts";
import type { HttpAnswer } from "../http_poster.ts";
import { retry, type SendOutcome } from "../push_service.ts";

/** The pause that FCM asks for when it is sent too much and names no time, in milliseconds. */
const QUOTA_WAIT_MS = 60_000;

/** `"unauthenticated"`: the access token is not good any more, and a new one may be. */
export function readFcmAnswer(answer: HttpAnswer): SendOutcome | "unauthenticated" {
  const { status, retryAfterMs } = answer;
  if (status === 200) return { kind: "delivered" };
  const { code, isFieldInvalid, reason } = problemOf(answer);
  switch (status) {
    case 400:
      // Without a named field it is the token that FCM cannot make sense of.
      return code === "INVALID_ARGUMENT" && !isFieldInvalid
        ? { kind: "gone", reason }
        : { kind: "rejected", reason };
    case 401:
      // The one is about the token of a browser or an iPhone, the other about us.
      return code === "THIRD_PARTY_AUTH_ERROR" ? { kind: "rejected", reason } : "unauthenticated";
    case 403:
      return code === "SENDER_ID_MISMATCH"
        ? { kind: "gone", reason }
        : retry("credentials", reason, retryAfterMs);
    case 404:
      return code === "UNREGISTERED" ? { kind: "gone", reason } : retry("credentials", reason);
    case 429:
      return retry("service", reason, retryAfterMs ?? QUOTA_WAIT_MS);
    case 500:
      return retry("device", reason, retryAfterMs);
    default:
      return status >= 402 && status < 500
        ? { kind: "rejected", reason }
        : retry("service", reason, retryAfterMs);
  }
}

interface Problem {
  /** FCM's own code, more exact than the status. */
  readonly code: string;
  /** Whether a field of the message was named as the culprit, other than the token. */
  readonly isFieldInvalid: boolean;
  readonly reason: string;
}

function problemOf({ status, body }: HttpAnswer): Problem {
  const error = asObject(jsonObject(body).error);
  const details = Array.isArray(error.details) ? error.details.map(asObject) : [];
  const code = reasonWord(details.find((one) => "errorCode" in one)?.errorCode, "");
  const fields = details.flatMap(({ fieldViolations }) =>
    Array.isArray(fieldViolations) ? fieldViolations.map((one) => asObject(one).field) : []
  );
  return {
    code,
    isFieldInvalid: fields.some((field) => field !== "message.token"),
    reason: reasonWord(code, reasonWord(error.status, `HTTP ${status}`)),
  };
}
