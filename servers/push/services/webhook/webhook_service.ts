/**
 * A push service of the operator's own: every push is POSTed to a URL, signed. What is behind it, a
 * gateway to a phone maker's service or a script, is up to him.
 */
import { CLIENT_TYPE_IOS } from "../../../../proto/mod.ts";
import { type Clock, nowSec } from "../../../../shared/clock.ts";
import type { Secret } from "../../../../shared/config/mod.ts";
import { ok, refused, type Result } from "../../../../shared/result.ts";
import { fitText, jsonBytes } from "../alert_text.ts";
import { type HttpAnswer, HttpFailure, HttpPoster } from "../http_poster.ts";
import {
  type PushOrder,
  type PushRefusal,
  type PushService,
  type QueuedPush,
  retry,
  type SendOutcome,
} from "../push_service.ts";
import { signedHeaders } from "./signature.ts";

/** Requests at a time: the receiver may be small. */
export const WEBHOOK_MAX_IN_FLIGHT = 16;
/** Most that the text, and most that the app's part, may take, in bytes as JSON. */
export const MAX_PART_BYTES = 4096;
const TOKEN = /^[^\s\p{Cc}]{1,512}$/u;

export interface WebhookOptions {
  readonly url: string;
  /** Key of the signature; the receiver has the same. */
  readonly key: Secret<Uint8Array>;
  readonly trustedCerts: string;
}

export function createWebhookService(
  { url, key, trustedCerts }: WebhookOptions,
  { clock }: { readonly clock: Clock },
): PushService {
  const poster = new HttpPoster({ trustedCerts, clock });
  return {
    name: "webhook",
    maxInFlight: WEBHOOK_MAX_IN_FLIGHT,
    admit: admitWebhook,
    async send(push) {
      const body = webhookBody(push);
      const content = { id: push.id, timestampSec: nowSec(clock), body };
      const headers = {
        "content-type": "application/json",
        ...signedHeaders(key.reveal(), content),
      };
      try {
        return readWebhookAnswer(await poster.post(url, { headers, body }));
      } catch (error) {
        if (error instanceof HttpFailure) return retry("service", error.message);
        throw error;
      }
    },
    stop: () => poster.stop(),
  };
}

function admitWebhook(order: PushOrder): Result<PushOrder, PushRefusal> {
  if (!TOKEN.test(order.token)) return refused("bad token");
  const { custom } = order;
  if (custom.length > MAX_PART_BYTES || jsonBytes(custom) > MAX_PART_BYTES) {
    return refused("too large");
  }
  const text = order.kind === "silent" ? "" : fitText(order.text, MAX_PART_BYTES)!;
  return ok({ ...order, text });
}

function webhookBody({ id, order, expiresAtMs }: QueuedPush): string {
  const isSilent = order.kind === "silent";
  return JSON.stringify({
    type: "push",
    id,
    data: {
      user_id: order.userId,
      client_type: order.clientType === CLIENT_TYPE_IOS ? "ios" : "android",
      token: order.token,
      silent: isSilent,
      text: isSilent ? null : order.text,
      badge: order.badge,
      custom: order.custom,
      expires_at: Math.floor(expiresAtMs / 1000),
    },
  });
}

/** What the receiver's answer means: docs/operating.md tells him the same. */
export function readWebhookAnswer({ status, retryAfterMs }: HttpAnswer): SendOutcome {
  const reason = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { kind: "delivered" };
  if (status === 410) return { kind: "gone", reason };
  // Nothing but the operator's own set-up can be the cause of these.
  if (status === 401 || status === 403 || status === 404) return retry("credentials", reason);
  if (status === 500) return retry("device", reason, retryAfterMs);
  const isPassing = status === 408 || status === 425 || status === 429;
  if (isPassing || status < 400 || status > 500) return retry("service", reason, retryAfterMs);
  return { kind: "rejected", reason };
}
