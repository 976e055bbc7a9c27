/** What Apple knows us by, read from PEM texts. Errors say what is wrong and repeat none of it. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";

export interface ClientCertificate {
  /** The certificate and what follows it in its chain, in PEM. */
  readonly cert: string;
  /** The private key in PEM, not encrypted any more. */
  readonly key: string;
}

/** Text around the blocks, as openssl writes it, is left out. */
const CERT_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const KEY_BLOCK = /-----BEGIN ([A-Z ]*PRIVATE KEY)-----[\s\S]+?-----END \1-----/;

/** The key of a `.p8` file. @throws {Error} when it is none */
export function parseProviderKey(pem: string): KeyObject {
  const key = readKey(pem, undefined);
  const { asymmetricKeyType, asymmetricKeyDetails } = key;
  if (asymmetricKeyType !== "ec" || asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new Error("is no key for tokens: Apple's are on the curve P-256");
  }
  return key;
}

/** The first certificate of the text. @throws {Error} when there is none */
export function parseCertificates(pem: string): { cert: string; first: X509Certificate } {
  const blocks = pem.match(CERT_BLOCK) ?? [];
  if (blocks.length === 0) throw new Error("has no certificate in PEM");
  try {
    return { cert: blocks.join("\n"), first: new X509Certificate(blocks[0]!) };
  } catch {
    throw new Error("has a certificate that cannot be read");
  }
}

/**
 * A private key, which may be encrypted with `password`.
 * @throws {Error} when it cannot be read
 */
export function readKey(pem: string, password: string | undefined): KeyObject {
  const [block] = pem.match(KEY_BLOCK) ?? [];
  if (block === undefined) throw new Error("has no private key in PEM");
  try {
    return createPrivateKey({
      key: block,
      ...(password === undefined ? {} : { passphrase: password }),
    });
  } catch (error) {
    throw new Error(keyProblem(block, error));
  }
}

function keyProblem(block: string, error: unknown): string {
  const isEncrypted = /ENCRYPTED/.test(block);
  const isUnknown = /unsupported/.test(String(error));
  if (isEncrypted && isUnknown) {
    return "is encrypted in a way that is not supported; " +
      "openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW encrypts it in one that is";
  }
  return isEncrypted
    ? "cannot be decrypted with KeyPassword"
    : "has a private key that cannot be read";
}
