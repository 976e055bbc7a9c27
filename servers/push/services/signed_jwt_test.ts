import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { generateKeyPairSync, verify } from "node:crypto";
import { signJwt } from "./signed_jwt.ts";

function parse(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

Deno.test("signJwt() ES256, with a key id, verifies with the public key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwt = signJwt({ alg: "ES256", kid: "ABC", claims: { iss: "T", iat: 5 } }, privateKey);
  assert.match(jwt, /^[\w-]+\.[\w-]+\.[\w-]{86}$/);
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  assert.deepEqual(parse(header), { alg: "ES256", kid: "ABC", typ: "JWT" });
  assert.deepEqual(parse(claims), { iss: "T", iat: 5 });
  const content = Buffer.from(`${header}.${claims}`);
  const key = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  assert.ok(verify("sha256", content, key, Buffer.from(signature, "base64url")));
});

Deno.test("signJwt() RS256, verifies with the public key", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const jwt = signJwt({ alg: "RS256", claims: { iss: "a@b" } }, privateKey);
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  assert.deepEqual(parse(header), { alg: "RS256", typ: "JWT" });
  const content = Buffer.from(`${header}.${claims}`);
  assert.ok(verify("sha256", content, publicKey, Buffer.from(signature, "base64url")));
});
