/**
 * What every push service looks like from here, whether it is Apple's, Google's or one's own: it
 * looks at an order at once and refuses what can never be delivered, and it makes one try to deliver
 * what is left. Waiting, repeating and forgetting are the courier's (`queue/courier.ts`).
 */
import type { ClientType } from "../../../proto/mod.ts";
import type { Result } from "../../../shared/result.ts";

/** One push as msg_server asks for it: one token of a CID_OTHER_PUSH_TO_USER_REQ. */
export interface PushOrder {
  readonly userId: number;
  readonly clientType: ClientType;
  readonly token: string;
  /** What the user reads. Never logged. */
  readonly text: string;
  /** For the app: a JSON document as text. */
  readonly custom: string;
  /** Unread messages of the user. */
  readonly badge: number;
  /** A silent push changes the badge and shows nothing: the user sits at his PC. */
  readonly kind: "alert" | "silent";
}

/** An order that was accepted and waits, or is under way. */
export interface QueuedPush {
  /** A UUID, the same for every try, so that a service can tell a repeated push. */
  readonly id: string;
  readonly order: PushOrder;
  /** Pushes of one device with the same topic replace each other while they wait; `null` never. */
  readonly topic: string | null;
  readonly expiresAtMs: number;
  /** Tries that failed because of this push or its device. */
  failures: number;
}

/** Why an order is refused at once. */
export type PushRefusal = "bad token" | "too large";

/**
 * What became of one try. `reason` is a short constant or the service's own word for it, made for
 * logs: never a token, a text, or anything else that was sent.
 */
export type SendOutcome =
  | { readonly kind: "delivered" }
  /** The token is not valid any more: nothing may be sent to it. */
  | { readonly kind: "gone"; readonly reason: string }
  /** This push can never be delivered; others to the same device can. */
  | { readonly kind: "rejected"; readonly reason: string }
  | RetryOutcome;

export interface RetryOutcome {
  readonly kind: "retry";
  /**
   * What has to wait: this device, the whole service, or the whole service because it does not take
   * our credentials, about which a person has to do something.
   */
  readonly scope: "device" | "service" | "credentials";
  readonly reason: string;
  /** How long at least, when the service has said so, in milliseconds. */
  readonly afterMs: number | null;
}

export interface PushService {
  readonly name: "apns" | "fcm" | "webhook";
  /** Tries under way at a time at most. */
  readonly maxInFlight: number;
  /**
   * Checks an order and shortens its text to what the service takes, so that what waits is small.
   * Opens and sends nothing.
   */
  admit(order: PushOrder): Result<PushOrder, PushRefusal>;
  /** Makes one try, which ends within a time limit of the service's. Rejects for our own bugs only. */
  send(push: QueuedPush): Promise<SendOutcome>;
  /** Ends what is under way, as a failed try, and closes all connections. */
  stop(): void;
}

export function retry(
  scope: RetryOutcome["scope"],
  reason: string,
  afterMs: number | null = null,
): RetryOutcome {
  return { kind: "retry", scope, reason, afterMs };
}
