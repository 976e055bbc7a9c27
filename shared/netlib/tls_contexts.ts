/** The certificates of all listeners of a network, so that a signal can have them read again. */
import type { Clock } from "../clock.ts";
import { type Logger, silentLogger } from "../log/mod.ts";
import { ServerCertificate } from "./tls_files.ts";
import type { ListenTls } from "./types.ts";

export class TlsContexts {
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #open = new Set<ServerCertificate>();

  constructor(clock: Clock, log: Logger = silentLogger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** Whether any listener speaks TLS. */
  get isUsed(): boolean {
    return this.#open.size > 0;
  }

  /** To be given back with {@link close}. @throws {CertificateError} */
  open(files: ListenTls): ServerCertificate {
    const certificate = new ServerCertificate(files, { clock: this.#clock, log: this.#log });
    this.#open.add(certificate);
    return certificate;
  }

  close(certificate: ServerCertificate): void {
    this.#open.delete(certificate);
  }

  /** Reads what has changed, now. */
  reload(): void {
    for (const certificate of this.#open) certificate.reload();
  }
}
