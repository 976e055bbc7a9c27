/**
 * The signature of a webhook, as the Standard Webhooks specification has it (standardwebhooks.com),
 * for which receivers find ready-made libraries: HMAC-SHA256 over `id.timestamp.body`.
 */
import { createHmac } from "node:crypto";

/** Before a secret that is given in base64. */
const SECRET_PREFIX = "whsec_";

export interface SignedContent {
  readonly id: string;
  readonly timestampSec: number;
  readonly body: string;
}

/** The key of a secret: `whsec_` and base64, or any other text as it is. `null` for bad base64. */
export function webhookKey(secret: string): Uint8Array | null {
  if (!secret.startsWith(SECRET_PREFIX)) return new TextEncoder().encode(secret);
  try {
    const key = Uint8Array.fromBase64(secret.slice(SECRET_PREFIX.length));
    return key.length === 0 ? null : key;
  } catch {
    return null;
  }
}

/** Headers that let a receiver tell that a body comes from us, and when and under which id. */
export function signedHeaders(
  key: Uint8Array,
  { id, timestampSec, body }: SignedContent,
): Record<string, string> {
  const signature = createHmac("sha256", key).update(`${id}.${timestampSec}.${body}`)
    .digest("base64");
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestampSec),
    "webhook-signature": `v1,${signature}`,
  };
}
