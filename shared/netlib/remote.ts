import type { Socket } from "node:net";
import { formatAddress } from "./types.ts";

/**
 * The address a request comes from. Behind a proxy that is configured as trusted it is the last
 * entry of `X-Forwarded-For`, the one that this proxy wrote; anybody else's header is not looked at.
 */
export function remoteOf(
  request: Request,
  peer: string,
  trustedProxies: readonly string[],
): string {
  const address = bareAddress(peer);
  if (!trustedProxies.includes(address)) return address;
  const forwarded = request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  return /^[0-9a-fA-F:.]{2,45}$/.test(forwarded) ? forwarded : address;
}

/** The address of {@link Link.remote}: without the port, and without the prefix of an IPv4 address in IPv6 form. */
export function bareAddress(peer: string): string {
  const host = peer.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
  return host.replace(/^::ffff:(?=\d+\.)/, "");
}

/** Where the other side of a socket is: `address:port`. */
export function remoteOfSocket(socket: Socket): string {
  return formatAddress({ host: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 });
}
