/** How the driver connects with TLS (`engine_tls.ts`). */
import { connect, isIP, type Socket } from "node:net";
import type { ConnectionOptions } from "mysql2";
import { authoritiesOf, type EngineTls } from "../engine_tls.ts";

interface Place {
  readonly host: string;
  readonly port: number;
  readonly tls?: EngineTls;
}

/**
 * Where and how to connect. With TLS the driver is told the name in the certificate for its host, and
 * gets a socket to where the server really is. It asks no certificate for an IP address, but takes one
 * with a dot behind for a name, which the check of Node's library then reads as the address it is.
 * @throws {CertificateError} when the file of authorities cannot be used
 */
export function connectOptions({ host, port, tls }: Place): ConnectionOptions {
  if (tls === undefined) return { host, port };
  const name = tls.serverName ?? host;
  return {
    host: isIP(name) === 0 ? name : `${name}.`,
    port,
    stream: (): Socket => connect({ host, port, noDelay: true, keepAlive: true }),
    ssl: { ...authoritiesOf(tls), rejectUnauthorized: true, verifyIdentity: true },
  };
}
