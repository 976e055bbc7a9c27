import assert from "node:assert/strict";
import { type AddressKind, addressKind } from "./address_kind.ts";

const KINDS: Readonly<Record<AddressKind, readonly string[]>> = {
  unspecified: ["0.0.0.0", "::"],
  loopback: ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"],
  link_local: ["169.254.1.1", "fe80::1"],
  private: ["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "fd00::2"],
  public: ["8.8.8.8", "172.32.0.1", "192.169.0.1", "2001:db8::1"],
};

for (const [kind, ips] of Object.entries(KINDS)) {
  Deno.test(`addressKind() knows ${kind} addresses`, () => {
    for (const ip of ips) assert.equal(addressKind(ip), kind, ip);
  });
}
