/** What the doctor asks of the machine it runs on. */
import { lookup } from "node:dns/promises";
import { addressKind } from "./address_kind.ts";

export interface Machine {
  readonly denoVersion: string;
  /** Addresses of its network interfaces, loopback included. */
  readonly addresses: readonly string[];
  /** Addresses of a host name, as a client's system would find them; none when it is unknown. */
  resolve(host: string): Promise<readonly string[]>;
}

/** The real one. */
export function thisMachine(): Machine {
  return {
    denoVersion: Deno.version.deno,
    addresses: Deno.networkInterfaces().map(({ address }) => address),
    resolve: async (host) => {
      try {
        return (await lookup(host, { all: true })).map(({ address }) => address);
      } catch {
        // Unknown to the resolver, or no resolver: for a client both mean that there is no way.
        return [];
      }
    },
  };
}

/** Whether this is the machine itself. */
export function isHere(machine: Machine, ip: string): boolean {
  const kind = addressKind(ip);
  return kind === "loopback" || kind === "unspecified" || machine.addresses.includes(ip);
}

/** Addresses of the machine that others may be able to use, for a hint. */
export function usefulAddresses(machine: Machine): string {
  const useful = machine.addresses.filter((ip) => {
    const kind = addressKind(ip);
    return kind === "private" || kind === "public";
  });
  return useful.length === 0 ? "none but loopback" : useful.join(", ");
}
