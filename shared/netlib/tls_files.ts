/**
 * Certificates and keys as files. They are read when a listener opens, and again when they have
 * changed: a new connection then gets the new certificate, and those that are open go on. A change
 * that cannot be used is told once, and what was there before stays in use.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../clock.ts";
import type { Logger } from "../log/mod.ts";
import { reasonOf } from "./reason.ts";
import type { ConnectTls, ListenTls } from "./types.ts";

/** How often files are looked at, at most, in milliseconds. */
export const LOOK_EVERY_MS = 5000;
/** A certificate that ends sooner is warned of when it is read. */
const WARN_BEFORE_MS = 14 * 24 * 3600 * 1000;

/** A certificate or key that cannot be used. The message names the file and says why. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

/** What `tls.connect` takes of the files of a connecting side. */
export interface ClientIdentity {
  readonly ca?: string[];
  readonly cert?: string;
  readonly key?: string;
}

/** What `node:tls` takes of the files of a listener, in PEM form. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string[];
}

/** The certificate that a listener shows, as its files are now. */
export class ServerCertificate {
  readonly #files: ListenTls;
  readonly #clock: Clock;
  readonly #log: Logger;
  #identity: ServerIdentity;
  #stamp: string;
  #lookedAtMs: number;

  /** @throws {CertificateError} */
  constructor(files: ListenTls, { clock, log }: { readonly clock: Clock; readonly log: Logger }) {
    this.#files = files;
    this.#clock = clock;
    this.#log = log;
    this.#stamp = this.#stampNow();
    this.#lookedAtMs = clock.nowMs();
    this.#identity = this.#read();
  }

  /**
   * For the next connection: another object when it has changed. Looks at the files first, unless
   * that was a moment ago.
   */
  get identity(): ServerIdentity {
    const nowMs = this.#clock.nowMs();
    // A clock that was set back must not keep an old certificate in use.
    if (Math.abs(nowMs - this.#lookedAtMs) >= LOOK_EVERY_MS) this.reload();
    return this.#identity;
  }

  /** Reads the files when they have changed. What cannot be used is logged, and changes nothing. */
  reload(): void {
    this.#lookedAtMs = this.#clock.nowMs();
    const stamp = this.#stampNow();
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    const { certFile } = this.#files;
    try {
      this.#identity = this.#read();
      this.#log.info("certificate read again", { certFile });
    } catch (error) {
      this.#log.error("new certificate not used, the old one stays", { reason: reasonOf(error) });
    }
  }

  #read(): ServerIdentity {
    const { certFile, keyFile, clientCaFile } = this.#files;
    const cert = readFile(certFile);
    const key = readFile(keyFile);
    this.#warnOfEnd(checkPair(certFile, cert, { file: keyFile, pem: key }));
    const ca = clientCaFile === null ? {} : { ca: readAuthorities(clientCaFile) };
    return { cert, key, ...ca };
  }

  #warnOfEnd(certificate: X509Certificate): void {
    const { certFile } = this.#files;
    const { validTo } = certificate;
    const leftMs = Date.parse(validTo) - this.#clock.nowMs();
    if (leftMs < 0) this.#log.error("certificate has expired", { certFile, validTo });
    else if (leftMs < WARN_BEFORE_MS) {
      this.#log.warn("certificate expires soon", { certFile, validTo });
    }
  }

  #stampNow(): string {
    const { certFile, keyFile, clientCaFile } = this.#files;
    return [certFile, keyFile, ...(clientCaFile === null ? [] : [clientCaFile])]
      .map(stampOf).join(" ");
  }
}

/** Read at every connect, so that a change is seen by the next one. @throws {CertificateError} */
export function readClientIdentity({ caFile, certFile, keyFile }: ConnectTls): ClientIdentity {
  const ca = caFile === null ? {} : { ca: readAuthorities(caFile) };
  if (certFile === null || keyFile === null) return ca;
  const cert = readFile(certFile);
  const key = readFile(keyFile);
  checkPair(certFile, cert, { file: keyFile, pem: key });
  return { ...ca, cert, key };
}

/** Changes with the file, also when another one is moved to its place. */
function stampOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs}/${size}/${ino}`;
  } catch {
    return "unreadable"; // Said by whoever reads it.
  }
}

function readFile(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const code = (cause as { code?: unknown } | null)?.code;
    const reason = code === "ENOENT" ? "there is no such file" : reasonOf(cause);
    throw new CertificateError(`Cannot use ${file}: ${reason}`, { cause });
  }
}

/** Node's TLS takes anything and fails at the first connection, so it is checked here. */
function checkPair(
  certFile: string,
  cert: string,
  key: { readonly file: string; readonly pem: string },
): X509Certificate {
  const [first] = certificates(certFile, cert);
  let isPair: boolean;
  try {
    isPair = first!.checkPrivateKey(createPrivateKey(key.pem));
  } catch (cause) {
    throw new CertificateError(
      `Cannot use ${key.file}: it holds no private key in PEM form without a passphrase`,
      { cause },
    );
  }
  if (!isPair) {
    throw new CertificateError(`Cannot use ${key.file}: it is not the key of ${certFile}`);
  }
  return first!;
}

function readAuthorities(file: string): string[] {
  const pem = readFile(file);
  certificates(file, pem);
  return pem.match(CERTIFICATE_BLOCK)!;
}

const CERTIFICATE_BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** At least one. @throws {CertificateError} */
function certificates(file: string, pem: string): readonly X509Certificate[] {
  try {
    const found = (pem.match(CERTIFICATE_BLOCK) ?? []).map((block) => new X509Certificate(block));
    if (found.length > 0) return found;
  } catch {
    // Said below, with the same words as for a file without any.
  }
  throw new CertificateError(`Cannot use ${file}: it holds no certificate in PEM form`);
}
