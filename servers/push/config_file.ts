/** The keys of `pushserver.conf` (docs/spec/roles.md 10), and which of them belong together. */
import {
  type ConfigOf,
  defineConfig,
  flag,
  integer,
  ipList,
  optional,
  port,
  secret,
  text,
  url,
} from "../../shared/config/mod.ts";
import { linkSecurity } from "../../shared/links/mod.ts";
import { SERVER_LINK_LIMITS } from "../../shared/netlib/mod.ts";
import { fileText, origin } from "./config_fields.ts";

/** FCM takes no longer time of use than four weeks, in seconds. */
const MAX_EXPIRATION_SEC = 28 * 24 * 3600;
const APPLE_ID = { pattern: /^[A-Z0-9]{10}$/, allowed: "10 capital letters and digits" };

export const pushSchema = defineConfig("pushserver.conf", {
  ListenIP: ipList({ default: ["127.0.0.1"] }),
  /** For msg_servers. */
  ListenPort: port({ allowZero: true, default: 8500 }),
  CertPath: fileText({ whenMissing: "notice" }),
  KeyPath: fileText({ whenMissing: "notice" }),
  KeyPassword: optional(secret()),
  SandBox: flag({ default: false }),

  /** Links from msg_servers. */
  Links: linkSecurity("listens"),

  // Keys of ours.
  ApnsKey: optional(secret()),
  ApnsKeyId: optional(text(APPLE_ID)),
  ApnsTeamId: optional(text(APPLE_ID)),
  ApnsTopic: optional(text({ pattern: /^[\w.-]{1,200}$/, allowed: "the bundle id of the app" })),
  ApnsHost: optional(origin()),
  FcmServiceAccount: optional(secret()),
  FcmUrl: url({ default: "https://fcm.googleapis.com" }),
  WebhookUrl: optional(url()),
  WebhookSecret: optional(secret()),
  CaFile: fileText({ whenMissing: "problem" }),

  // Limits. What happens at each: a push that has waited longest is dropped, a push is forgotten, a
  // further link is refused, a larger PDU closes its link.
  MaxQueuedPushes: integer({ min: 1, max: 1_000_000, default: 10_000 }),
  PushExpirationSec: integer({ min: 1, max: MAX_EXPIRATION_SEC, default: 3600 }),
  MaxConnCnt: integer({ min: 1, max: 100_000, default: 1000 }),
  MaxPduBytes: integer({
    min: 16,
    max: SERVER_LINK_LIMITS.maxFrameBytes,
    default: SERVER_LINK_LIMITS.maxFrameBytes,
  }),
}, { check: halves });

export type PushFile = ConfigOf<typeof pushSchema>;

interface PairedKeys {
  readonly CertPath: unknown;
  readonly KeyPath: unknown;
  readonly ApnsKey: unknown;
  readonly ApnsKeyId: unknown;
  readonly ApnsTeamId: unknown;
  readonly ApnsTopic: unknown;
  readonly WebhookUrl: unknown;
  readonly WebhookSecret: unknown;
}

/** Keys that say something together only. */
function halves(config: PairedKeys): string[] {
  const problems: string[] = [];
  const requireAll = (key: string, others: Readonly<Record<string, unknown>>): void => {
    for (const [name, value] of Object.entries(others)) {
      if (value === null) problems.push(`${name} is missing or empty; ${key} needs it`);
    }
  };
  const { CertPath, KeyPath } = config;
  if (CertPath !== null) requireAll("CertPath", { KeyPath });
  else if (KeyPath !== null) requireAll("KeyPath", { CertPath });
  const { ApnsKey, ApnsKeyId, ApnsTeamId, ApnsTopic, WebhookUrl, WebhookSecret } = config;
  if (ApnsKey !== null) requireAll("ApnsKeyFile", { ApnsKeyId, ApnsTeamId, ApnsTopic });
  else if (ApnsKeyId !== null) requireAll("ApnsKeyId", { ApnsKeyFile: ApnsKey });
  if (WebhookUrl !== null) requireAll("WebhookUrl", { WebhookSecret });
  else if (WebhookSecret !== null) requireAll("WebhookSecret", { WebhookUrl });
  return problems;
}
