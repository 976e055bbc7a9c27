/** Links between servers: encrypted and proven as the configuration asks for. */
export { linkNetwork, type LinkNetworkOptions } from "./link_network.ts";
export { type LinkSecurity, linkSecurity, type LinkTls, OPEN_LINKS } from "./security.ts";
