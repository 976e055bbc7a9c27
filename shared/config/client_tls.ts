/**
 * TLS for those who are no servers of the suite: clients, browsers, callers of the API. A role has a
 * TLS port beside each plain one, or in its place.
 */
import { type Field, optional } from "./field.ts";
import { flag, port, text } from "./values.ts";

export interface ClientTls<Port extends string = string> {
  /** By key; `null` for one that is not opened. 0 asks for any free port. */
  readonly ports: Readonly<Record<Port, number | null>>;
  readonly certFile: string;
  readonly keyFile: string;
  /** The plain ports are not opened. */
  readonly isRequired: boolean;
}

/**
 * The field of the keys `TlsCertFile`, `TlsKeyFile`, `RequireTls` and of those that name a TLS port;
 * its own name in a schema is free. `null` without any such port.
 */
export function clientTls<const Port extends string>(
  ...keys: readonly Port[]
): Field<ClientTls<Port> | null> {
  return {
    isSet: (_key, from) => keys.some((key) => from.get(key) !== null),
    read: (_key, from) => {
      const ports = Object.fromEntries(keys.map((key) => [
        key,
        optional(port({ allowZero: true })).read(key, from) ?? null,
      ])) as Record<Port, number | null>;
      const certFile = optional(text()).read("TlsCertFile", from) ?? null;
      const keyFile = optional(text()).read("TlsKeyFile", from) ?? null;
      const isRequired = flag({ default: false }).read("RequireTls", from) === true;
      const missing = keys.filter((key) => ports[key] === null);
      if (isRequired) {
        for (const key of missing) from.missing(key, "a port, as RequireTls=1 needs");
      }
      if (missing.length === keys.length) return null;
      if (certFile === null) from.missing("TlsCertFile", "the path of a file, for the TLS port");
      if (keyFile === null) from.missing("TlsKeyFile", "the path of a file, for the TLS port");
      return { ports, certFile: certFile ?? "", keyFile: keyFile ?? "", isRequired };
    },
  };
}

/** The same with every port moved by `shift`; for several suites on one machine. */
export function withShiftedPorts<Port extends string>(
  tls: ClientTls<Port> | null,
  shift: (port: number) => number,
): ClientTls<Port> | null {
  if (tls === null) return null;
  const ports = Object.entries<number | null>(tls.ports).map(([key, port]) => [
    key,
    port === null ? null : shift(port),
  ]);
  return { ...tls, ports: Object.fromEntries(ports) };
}

/** What a listener is told of it. */
export function listenTls(tls: Pick<ClientTls, "certFile" | "keyFile">) {
  return { certFile: tls.certFile, keyFile: tls.keyFile, clientCaFile: null };
}

/** One address to listen on, plain or with TLS. */
export interface ClientBinding {
  readonly host: string;
  readonly port: number;
  /** Absent: plain. */
  readonly tls?: ReturnType<typeof listenTls>;
}

/** Of the addresses that were bound for these, in their order, the first with TLS. */
export function tlsAddress<A>(
  bindings: readonly ClientBinding[],
  bound: readonly A[],
): A | null {
  return bound[bindings.findIndex(({ tls }) => tls !== undefined)] ?? null;
}

/** Every address that a role listens on for one kind of client: the plain ones first. */
export function clientBindings<Port extends string>(
  plain: { readonly hosts: readonly string[]; readonly port: number },
  tls: ClientTls<Port> | null,
  key: Port,
): readonly ClientBinding[] {
  const { hosts } = plain;
  const tlsPort = tls?.ports[key] ?? null;
  return [
    ...(tls?.isRequired === true ? [] : hosts.map((host) => ({ host, port: plain.port }))),
    ...(tls === null || tlsPort === null
      ? []
      : hosts.map((host) => ({ host, port: tlsPort, tls: listenTls(tls) }))),
  ];
}
