/** Configuration of push_server: `pushserver.conf` (docs/spec/roles.md 10). */
import {
  ConfigError,
  type ConfigSource,
  loadConfig,
  type LoadOptions,
} from "../../shared/config/mod.ts";
import type { LinkSecurity } from "../../shared/links/mod.ts";
import type { Address } from "../../shared/netlib/mod.ts";
import { pushSchema } from "./config_file.ts";
import { type Credentials, readCredentials } from "./credentials.ts";

export interface PushConfig extends Credentials {
  readonly listen: readonly Address[];
  readonly linkSecurity: LinkSecurity;
  readonly maxConnCnt: number;
  readonly maxPduBytes: number;
  /** Pushes of one service that may wait. */
  readonly maxQueued: number;
  /** How long a push is of use, in milliseconds. */
  readonly expirationMs: number;
}

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadPushConfig(source: ConfigSource, options: LoadOptions = {}): PushConfig {
  const file = loadConfig(pushSchema, source, options);
  const { credentials, problems, notices } = readCredentials(file);
  if (problems.length > 0) {
    throw new ConfigError(problems.map((problem) => `${pushSchema.fileName}: ${problem}`));
  }
  for (const notice of notices) options.onNotice?.(`${pushSchema.fileName}: ${notice}`);
  return {
    ...credentials,
    listen: file.ListenIP.map((ip) => ({ host: ip, port: file.ListenPort })),
    linkSecurity: file.Links,
    maxConnCnt: file.MaxConnCnt,
    maxPduBytes: file.MaxPduBytes,
    maxQueued: file.MaxQueuedPushes,
    expirationMs: file.PushExpirationSec * 1000,
  };
}
