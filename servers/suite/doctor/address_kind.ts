/** How far an IP address reaches. */
import { BlockList, isIPv6 } from "node:net";

export type AddressKind = "unspecified" | "loopback" | "link_local" | "private" | "public";

interface Subnet {
  readonly kind: AddressKind;
  readonly net: string;
  readonly prefix: number;
}

const SUBNETS: readonly Subnet[] = [
  { kind: "unspecified", net: "0.0.0.0", prefix: 32 },
  { kind: "unspecified", net: "::", prefix: 128 },
  { kind: "loopback", net: "127.0.0.0", prefix: 8 },
  { kind: "loopback", net: "::1", prefix: 128 },
  { kind: "link_local", net: "169.254.0.0", prefix: 16 },
  { kind: "link_local", net: "fe80::", prefix: 10 },
  { kind: "private", net: "10.0.0.0", prefix: 8 },
  { kind: "private", net: "172.16.0.0", prefix: 12 },
  { kind: "private", net: "192.168.0.0", prefix: 16 },
  // Carrier-grade NAT: as little reachable from outside as the others.
  { kind: "private", net: "100.64.0.0", prefix: 10 },
  { kind: "private", net: "fc00::", prefix: 7 },
];

export function addressKind(ip: string): AddressKind {
  const plain = ip.replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIPv6(plain) ? "ipv6" : "ipv4";
  for (const { kind, net, prefix } of SUBNETS) {
    if (isIPv6(net) !== (family === "ipv6")) continue;
    const subnet = new BlockList();
    subnet.addSubnet(net, prefix, family);
    if (subnet.check(plain, family)) return kind;
  }
  return "public";
}
