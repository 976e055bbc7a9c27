/** Typed `key=value` configuration; start at `defineConfig` for an example. */

export {
  type ClientBinding,
  clientBindings,
  type ClientTls,
  clientTls,
  tlsAddress,
  withShiftedPorts,
} from "./client_tls.ts";
export { type ClientLimits, clientLimits, connectionsPerIp } from "./client_limits.ts";
export { denoSource } from "./deno_source.ts";
export { ConfigError } from "./error.ts";
export { type Field, ignored, optional, value } from "./field.ts";
export { loadConfig, type LoadOptions } from "./load.ts";
export { type PeerAddress, peerList } from "./peers.ts";
export { type Pools, pools } from "./pools.ts";
export { type ConfigOf, type ConfigSchema, defineConfig } from "./schema.ts";
export { Secret } from "./secret.ts";
export { bytes32, secret } from "./secrets.ts";
export { type ConfigSource, locateFile, memorySource } from "./source.ts";
export { choice, flag, host, integer, ipList, port, text, url } from "./values.ts";
