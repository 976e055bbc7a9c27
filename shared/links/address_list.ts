/** Addresses, networks and host names, as an operator lists them. */
import { BlockList, isIP } from "node:net";
import { isHost } from "../config/values.ts";

export const ADDRESS_LIST_ALLOWED =
  "addresses, networks like 10.0.0.0/8 and host names, separated by ;";

/** Whether `entry` may stand in a list. */
export function isAddressEntry(entry: string): boolean {
  const [address = "", prefix, ...rest] = entry.split("/");
  if (prefix === undefined) return isHost(entry);
  const bits = isIP(address) === 4 ? 32 : 128;
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(prefix) &&
    Number(prefix) <= bits;
}

export class AddressList {
  readonly #networks = new BlockList();
  readonly #names = new Set<string>();

  /** Each entry is one that {@link isAddressEntry} accepts. */
  constructor(entries: readonly string[]) {
    for (const entry of entries) {
      const [address = "", prefix] = entry.split("/");
      const version = isIP(address);
      if (version === 0) this.#names.add(entry.toLowerCase());
      else {
        const family = version === 4 ? "ipv4" : "ipv6";
        this.#networks.addSubnet(address, Number(prefix ?? (version === 4 ? 32 : 128)), family);
      }
    }
  }

  /** A host name is compared as it is written; an address is looked for in the networks. */
  has(host: string): boolean {
    const version = isIP(host);
    if (version === 0) return this.#names.has(host.toLowerCase());
    return this.#networks.check(host, version === 4 ? "ipv4" : "ipv6");
  }
}
