/** Encrypted connections to MySQL and Redis. */
import { readClientIdentity } from "../netlib/tls_files.ts";

/** Plain data, as it crosses to a worker. */
export interface EngineTls {
  /** Whose certificates are trusted; `null`: those that the system, or Deno, trusts. */
  readonly caFile: string | null;
  /** The name in the engine's certificate; `null`: the host that is connected to. */
  readonly serverName: string | null;
}

/** Certificates of the authorities in PEM, for the options of a driver. @throws {CertificateError} */
export function authoritiesOf({ caFile }: EngineTls): { readonly ca?: string[] } {
  const { ca } = readClientIdentity({ caFile, certFile: null, keyFile: null, serverName: null });
  return ca === undefined ? {} : { ca };
}

/** Behind the reason why a connection failed: what was asked of the other side. */
export function tlsDemand(tls: EngineTls | undefined, host: string): string {
  if (tls === undefined) return "";
  const { caFile, serverName } = tls;
  const authority = caFile === null
    ? "an authority that is known here"
    : `an authority in ${caFile}`;
  return ` (TLS was asked for, with a certificate for ${serverName ?? host} of ${authority})`;
}
