/** The proof that both ends of a server link know the same secret (docs/internal.md 3). */
import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";

/** Length of the random bytes of either side. */
export const NONCE_BYTES = 32;

export interface LinkFacts {
  /** Letters of docs/spec/wire.md 5. */
  readonly connectedRole: string;
  readonly acceptedRole: string;
  readonly connectedNonce: Uint8Array;
  readonly acceptedNonce: Uint8Array;
}

/** What differs between the two, so that neither can be sent back as the other. */
const LABELS = {
  accepted: "TeamTalk link accepted\0",
  connected: "TeamTalk link connected\0",
} as const;

export type LinkSide = keyof typeof LABELS;

/** HMAC-SHA256: 32 bytes. */
export function linkProof(secret: string, side: LinkSide, facts: LinkFacts): Uint8Array {
  return createHmac("sha256", secret)
    .update(LABELS[side])
    .update(facts.connectedRole + facts.acceptedRole)
    .update(facts.connectedNonce)
    .update(facts.acceptedNonce)
    .digest();
}

/** Takes the same time wherever a wrong proof differs. */
export function isProof(given: Uint8Array, expected: Uint8Array): boolean {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), expected);
}

/** Whether a peer's role and random bytes have the form that a proof counts on. */
export function isWellFormed({ role, nonce }: {
  readonly role: string;
  readonly nonce: Uint8Array;
}): boolean {
  return /^[A-Z]$/.test(role) && nonce.length === NONCE_BYTES;
}
