import type { Field } from "./field.ts";
import type { Reader } from "./reader.ts";
import { host, port } from "./values.ts";

export interface PeerAddress {
  readonly host: string;
  readonly port: number;
}

export interface PeerListOptions {
  /** Default 0: the list may be empty. */
  readonly min?: number;
}

/** Most peers in one list; the original has no limit. A longer list stops start-up. */
export const MAX_PEERS = 1000;

/**
 * The original's numbered pairs: `DBServerIP1`/`DBServerPort1`, `DBServerIP2`/`DBServerPort2`, …
 * The list ends at the first number that lacks a member; later numbers are not used, and a notice
 * says so. The field's own name in the schema is free.
 */
export function peerList(
  hostPrefix: string,
  portPrefix: string,
  { min = 0 }: PeerListOptions = {},
): Field<readonly PeerAddress[]> {
  const hostField = host();
  const portField = port();
  const isPair = (number: number, from: Reader): boolean => {
    const parts = [from.get(`${hostPrefix}${number}`), from.get(`${portPrefix}${number}`)];
    return parts.every((part) => part !== null);
  };
  return {
    isSet: (_key, from) => isPair(1, from),
    read: (_key, from) => {
      const peers: PeerAddress[] = [];
      let number = 1;
      for (; number <= MAX_PEERS && isPair(number, from); number++) {
        const peerHost = hostField.read(`${hostPrefix}${number}`, from);
        const peerPort = portField.read(`${portPrefix}${number}`, from);
        if (peerHost !== undefined && peerPort !== undefined) {
          peers.push({ host: peerHost, port: peerPort });
        }
      }
      const unused = from.claimMatching(new RegExp(`^(?:${hostPrefix}|${portPrefix})\\d+$`));
      const next = `${hostPrefix}${number}/${portPrefix}${number}`;
      if (number > MAX_PEERS && (unused.length > 0)) {
        from.missing(next, `at most ${MAX_PEERS} pairs`);
      } else if (number - 1 < min) {
        from.missing(next, `at least ${min} pairs, numbered from 1 without a gap`);
      }
      for (const half of [`${hostPrefix}${number}`, `${portPrefix}${number}`]) {
        const setting = from.get(half);
        if (setting !== null) from.notice(`${setting.label} is not used: half of a pair`);
      }
      for (const key of unused) from.notice(`${key} is not used: numbers stop before ${next}`);
      return peers;
    },
  };
}
