/** What Apple is sent: the content is the original's, the form today's (docs/spec/roles.md 10). */
import { ok, refused, type Result } from "../../../../shared/result.ts";
import { fitText, jsonBytes } from "../alert_text.ts";
import type { PushOrder, PushRefusal, QueuedPush } from "../push_service.ts";

/** Most that a notification may carry, in bytes. The original's gateway took 256. */
export const MAX_APNS_BYTES = 4096;
/**
 * A device token in hexadecimal. Apple's have 64 digits and may grow, so longer ones pass; the
 * original refused anything but 64 characters.
 */
const TOKEN = /^(?:[0-9a-f]{2}){32,128}$/i;
/** The name of the sound in the original's app. */
const SOUND = "bingbong.aiff";

/** The order with a text that fits. */
export function admitApns(order: PushOrder): Result<PushOrder, PushRefusal> {
  if (!TOKEN.test(order.token)) return refused("bad token");
  if (order.custom.length > MAX_APNS_BYTES) return refused("too large");
  const left = MAX_APNS_BYTES - jsonBytes(content({ ...order, text: "" }));
  if (left < 0) return refused("too large");
  if (order.kind === "silent") return ok({ ...order, text: "" });
  const text = fitText(order.text, left + jsonBytes(""));
  return text === null ? refused("too large") : ok({ ...order, text });
}

export function apnsPayload(order: PushOrder): string {
  return JSON.stringify(content(order));
}

export function apnsPath({ token }: PushOrder): string {
  return `/3/device/${token.toLowerCase()}`;
}

/**
 * The headers of a push, without its authorization.
 *
 * A silent push is of type `alert` too: that is the type of everything the user may notice, a badge
 * included; `background` is for pushes that wake the app, which the original's never did. It can
 * wait until the phone is awake (priority 5). The id is also the collapse id, so that a push that
 * is sent again because its answer got lost replaces itself on the device.
 */
export function apnsHeaders(
  { id, order, expiresAtMs }: QueuedPush,
  topic: string | null,
): Record<string, string> {
  const headers: Record<string, string> = {
    "apns-id": id,
    "apns-collapse-id": id,
    "apns-push-type": "alert",
    "apns-priority": order.kind === "silent" ? "5" : "10",
    "apns-expiration": String(Math.floor(expiresAtMs / 1000)),
  };
  return topic === null ? headers : { ...headers, "apns-topic": topic };
}

/** Members in the order of the original. `custom` is a text that holds JSON. */
function content({ kind, text, badge, custom }: PushOrder): object {
  const aps = kind === "silent" ? { badge } : { alert: { body: text }, badge, sound: SOUND };
  return { aps, custom };
}
