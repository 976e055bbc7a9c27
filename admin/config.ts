/** Configuration of the web admin: `admin.conf`. */
import {
  type ClientBinding,
  clientBindings,
  clientTls,
  type ConfigSource,
  defineConfig,
  flag,
  ipList,
  loadConfig,
  type LoadOptions,
  optional,
  port,
  type Secret,
  secret,
  url,
  value,
} from "../shared/config/mod.ts";

export interface AdminConfig {
  readonly listen: readonly ClientBinding[];
  /** Base URL of http_msg_server. */
  readonly apiSite: string;
  /** Base URL of msfs, for pictures; `null` for a suite without one. */
  readonly msfsSite: string | null;
  /** The same as clients reach it, which is what is stored with a picture. */
  readonly publicMsfsSite: string | null;
  /** What an msfs with `UploadSecret` asks for. */
  readonly msfsUploadSecret: Secret<string> | null;
  /** Where browsers think they are, like `https://admin.example.org`; `null`: where they connect. */
  readonly publicOrigin: string | null;
  /** Cookies are for TLS only. */
  readonly secureCookies: boolean;
  /** Peers whose `X-Forwarded-For` tells where a request comes from. */
  readonly trustedProxies: readonly string[];
}

/** Scheme, host and port of a URL, with nothing behind it. */
const origin = value<string>({
  allowed: "http:// or https:// with a host and no path, like https://admin.example.org",
  parse: (text) => {
    const parsed = URL.parse(text);
    const isHttp = parsed?.protocol === "http:" || parsed?.protocol === "https:";
    return isHttp && parsed.href === `${parsed.origin}/` ? parsed.origin : undefined;
  },
});

const schema = defineConfig("admin.conf", {
  ListenIP: ipList({ default: ["127.0.0.1"] }),
  ListenPort: port({ allowZero: true, default: 8800 }),
  Tls: clientTls("TlsPort"),
  ApiSite: url(),
  MsfsSite: optional(url()),
  PublicMsfsSite: optional(url()),
  MsfsUploadSecret: optional(secret()),
  PublicOrigin: optional(origin),
  SecureCookies: optional(flag()),
  TrustedProxies: optional(ipList()),
}, {
  check: ({ PublicOrigin, SecureCookies }) =>
    PublicOrigin?.startsWith("http:") && SecureCookies === true
      ? ["SecureCookies=1 and a PublicOrigin without TLS contradict each other"]
      : [],
});

/** @throws {ConfigError} naming file, key, value and what is allowed */
export function loadAdminConfig(source: ConfigSource, options: LoadOptions = {}): AdminConfig {
  const file = loadConfig(schema, source, options);
  return {
    listen: clientBindings(
      { hosts: file.ListenIP, port: file.ListenPort },
      file.Tls,
      "TlsPort",
    ),
    apiSite: file.ApiSite,
    msfsSite: file.MsfsSite,
    publicMsfsSite: file.PublicMsfsSite ?? file.MsfsSite,
    msfsUploadSecret: file.MsfsUploadSecret,
    publicOrigin: file.PublicOrigin,
    secureCookies: file.SecureCookies ?? file.PublicOrigin?.startsWith("https:") ??
      file.Tls?.isRequired ?? false,
    trustedProxies: file.TrustedProxies ?? [],
  };
}
