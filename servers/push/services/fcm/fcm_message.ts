/** What FCM is sent: one `message` of its HTTP v1 interface. */
import { ok, refused, type Result } from "../../../../shared/result.ts";
import { fitText, jsonBytes } from "../alert_text.ts";
import type { PushOrder, PushRefusal, QueuedPush } from "../push_service.ts";

/** Most that a message may carry, in bytes. Counted as JSON, which is a little more than FCM does. */
export const MAX_FCM_BYTES = 4096;
/** Longest token in characters; those of today have some 160. */
const MAX_TOKEN_CHARS = 512;
const TOKEN = new RegExp(`^[\\x21-\\x7e]{1,${MAX_TOKEN_CHARS}}$`);
/** Largest number of unread messages that FCM can be told. */
const MAX_COUNT = 0x7fffffff;

/** The order with a text that fits. */
export function admitFcm(order: PushOrder): Result<PushOrder, PushRefusal> {
  if (!TOKEN.test(order.token)) return refused("bad token");
  if (order.custom.length > MAX_FCM_BYTES) return refused("too large");
  const left = MAX_FCM_BYTES - jsonBytes(content({ ...order, text: "" }));
  if (left < 0) return refused("too large");
  if (order.kind === "silent") return ok({ ...order, text: "" });
  const text = fitText(order.text, left + jsonBytes(""));
  return text === null ? refused("too large") : ok({ ...order, text });
}

/** The message as JSON. What is sent again under the same id replaces itself on the device. */
export function fcmMessage({ id, order, expiresAtMs }: QueuedPush, nowMs: number): string {
  const ttl = `${Math.max(0, Math.ceil((expiresAtMs - nowMs) / 1000))}s`;
  const android = order.kind === "silent" ? { priority: "NORMAL", ttl } : {
    priority: "HIGH",
    ttl,
    notification: {
      sound: "default",
      tag: id,
      notification_count: Math.min(order.badge, MAX_COUNT),
    },
  };
  return JSON.stringify({ message: { token: order.token, ...content(order), android } });
}

/** The part that counts: without a `notification` nothing is shown. Data values are texts. */
function content({ kind, text, custom, badge }: PushOrder): object {
  const data = { custom, badge: String(badge) };
  return kind === "silent" ? { data } : { notification: { body: text }, data };
}
