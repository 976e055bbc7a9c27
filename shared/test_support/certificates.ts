/**
 * Certificates made at test time: an authority, and what it signs. Just as much of X.509 (RFC 5280)
 * as a TLS stack looks at, written as DER, so that tests need no tool and no file.
 */
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { isIP } from "node:net";

export interface TestCertificate {
  /** In PEM, as are all keys here. */
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority extends TestCertificate {
  /** A certificate for a server that is reached under these names and addresses, by default for a day. */
  issueServer(names: readonly string[], validForMs?: number): TestCertificate;
  /** A certificate by which a client is known. */
  issueClient(commonName: string): TestCertificate;
}

export function createTestAuthority(commonName = "test authority"): TestAuthority {
  const authority = newKeys();
  const issuer = { name: commonName, key: authority.key };
  const issue = (
    name: string,
    extensions: readonly Uint8Array[],
    validForMs = DAY_MS,
  ): TestCertificate => {
    const keys = newKeys();
    const cert = certificate({ name, publicKey: keys.publicKey, issuer, extensions, validForMs });
    return { cert, key: keys.pem };
  };
  return {
    cert: certificate({
      name: commonName,
      publicKey: authority.publicKey,
      issuer,
      extensions: [basicConstraints(true)],
      validForMs: DAY_MS,
    }),
    key: authority.pem,
    issueServer: (names, validForMs) =>
      issue(names[0]!, [basicConstraints(false), subjectAltName(names)], validForMs),
    issueClient: (name) => issue(name, [basicConstraints(false)]),
  };
}

interface Keys {
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
  readonly pem: string;
}

function newKeys(): Keys {
  const { privateKey: key } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = key.export({ type: "pkcs8", format: "pem" }) as string;
  return { key, publicKey: createPublicKey(key), pem };
}

interface CertificateParts {
  readonly name: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly key: KeyObject };
  readonly extensions: readonly Uint8Array[];
  /** Negative: it has expired. */
  readonly validForMs: number;
}

const ECDSA_WITH_SHA256 = "1.2.840.10045.4.3.2";
const COMMON_NAME = "2.5.4.3";
const BASIC_CONSTRAINTS = "2.5.29.19";
const SUBJECT_ALT_NAME = "2.5.29.17";
const DAY_MS = 24 * 3600_000;

function certificate(
  { name, publicKey, issuer, extensions, validForMs }: CertificateParts,
): string {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const nowMs = Date.now();
  const content = sequence(
    der(0xa0, der(0x02, [2])), // Version 3.
    der(0x02, [1, ...crypto.getRandomValues(new Uint8Array(15))]),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(nowMs - DAY_MS), time(nowMs + validForMs)),
    distinguishedName(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign("sha256", content, issuer.key);
  const whole = sequence(content, algorithm, der(0x03, [0], signature));
  const base64 = whole.toBase64().replace(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`;
}

function distinguishedName(commonName: string): Uint8Array {
  const value = der(0x0c, new TextEncoder().encode(commonName));
  return sequence(der(0x31, sequence(objectId(COMMON_NAME), value)));
}

/** UTCTime: `YYMMDDhhmmssZ`. */
function time(ms: number): Uint8Array {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, "").slice(2);
  return der(0x17, new TextEncoder().encode(text));
}

function basicConstraints(isAuthority: boolean): Uint8Array {
  const value = isAuthority ? sequence(der(0x01, [0xff])) : sequence();
  return sequence(objectId(BASIC_CONSTRAINTS), der(0x01, [0xff]), der(0x04, value));
}

function subjectAltName(names: readonly string[]): Uint8Array {
  const encoded = names.map((name) =>
    isIP(name) === 4
      ? der(0x87, name.split(".").map(Number))
      : der(0x82, new TextEncoder().encode(name))
  );
  return sequence(objectId(SUBJECT_ALT_NAME), der(0x04, sequence(...encoded)));
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(0x30, ...parts);
}

function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, [first * 40 + second, ...rest.flatMap(base128)]);
}

function base128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
  return digits;
}

/** One DER value: tag, length and the parts one after the other. */
function der(tag: number, ...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const content = parts.flatMap((part) => [...part]);
  const { length } = content;
  const size = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >>> 8, length & 0xff];
  return new Uint8Array([tag, ...size, ...content]);
}
