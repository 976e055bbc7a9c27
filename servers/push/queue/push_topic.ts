/** What a push is about, so that a newer one can take the place of one that still waits. */
import type { PushOrder } from "../services/push_service.ts";

/** Longest `custom` text that is looked into, in UTF-16 units; msg_server's has less than 100. */
const MAX_CUSTOM_CHARS = 4096;

/**
 * The conversation, which msg_server names in the JSON text for the app: `group_id`, or `from_id` of
 * a single chat (docs/spec/flows.md 18). `null` for a text that names none. Silent pushes carry
 * nothing but the badge, so all of a device are about the same.
 */
export function pushTopic({ kind, custom }: PushOrder): string | null {
  if (kind === "silent") return "badge";
  const fields = parseObject(custom);
  if (isId(fields.group_id)) return `group ${fields.group_id}`;
  return isId(fields.from_id) ? `user ${fields.from_id}` : null;
}

function parseObject(custom: string): Readonly<Record<string, unknown>> {
  if (custom.length > MAX_CUSTOM_CHARS) return {};
  try {
    return Object(JSON.parse(custom));
  } catch {
    return {}; // Another system's text: it goes to the app as it is.
  }
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value) && value as number > 0;
}
