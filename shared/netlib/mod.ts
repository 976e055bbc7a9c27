/** Links, listeners and reconnecting peers over TCP or in memory. Knows bytes, not commands. */
export * from "./types.ts";
export * from "./liveness.ts";
export * from "./peer.ts";
export { MemoryNetwork } from "./memory_network.ts";
export { SuiteNetwork } from "./suite_network.ts";
export { TcpNetwork } from "./tcp_network.ts";
export { CLOSE_LIMIT_MS, closeLinks } from "./close_links.ts";
export { OpenLinks } from "./open_links.ts";
export { bareAddress, remoteOf } from "./remote.ts";
export { type Leave, type NewcomerLimits, Newcomers } from "./newcomers.ts";
export { TlsContexts } from "./tls_contexts.ts";
export { CertificateError } from "./tls_files.ts";
