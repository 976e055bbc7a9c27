/** Signed JSON Web Tokens (RFC 7515, 7519), as push services want them from their callers. */
import { type KeyObject, sign } from "node:crypto";

export interface JwtParts {
  readonly alg: "ES256" | "RS256";
  /** Names the key, where a service knows several of ours. */
  readonly kid?: string;
  readonly claims: Readonly<Record<string, string | number>>;
}

const encoder = new TextEncoder();
const BASE64URL = { alphabet: "base64url", omitPadding: true } as const;

export function signJwt({ alg, kid, claims }: JwtParts, key: KeyObject): string {
  const header = kid === undefined ? { alg, typ: "JWT" } : { alg, kid, typ: "JWT" };
  const content = `${encodePart(header)}.${encodePart(claims)}`;
  // JWS wants the two numbers of an ECDSA signature side by side, not as DER.
  const signature = sign("sha256", encoder.encode(content), { key, dsaEncoding: "ieee-p1363" });
  return `${content}.${new Uint8Array(signature).toBase64(BASE64URL)}`;
}

function encodePart(part: object): string {
  return encoder.encode(JSON.stringify(part)).toBase64(BASE64URL);
}
