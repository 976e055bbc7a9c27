/** How links between servers are protected: the keys `Link…`, the same in every role's file. */
import type { Field, Secret } from "../config/mod.ts";
import { flag, optional, secret, text, value } from "../config/mod.ts";
import type { Reader } from "../config/reader.ts";
import { ADDRESS_LIST_ALLOWED, isAddressEntry } from "./address_list.ts";

/** Plain data: it may cross to a worker. */
export interface LinkSecurity {
  /** What both sides of a link must know; `null`: nobody is asked. */
  readonly secret: Secret<string> | null;
  /** `null`: links are not encrypted. */
  readonly tls: LinkTls | null;
  /** Who speaks neither, and is admitted by address: the original's servers. */
  readonly plainPeers: readonly string[];
}

export interface LinkTls {
  /** What this server shows: to who connects, and to servers that ask for it. */
  readonly certFile: string | null;
  readonly keyFile: string | null;
  /** Authorities of the others' certificates; with it those who connect must show one. */
  readonly caFile: string | null;
  /** The name in the certificates of servers; `null`: the host that is connected to. */
  readonly serverName: string | null;
}

/** Links as the original has them. */
export const OPEN_LINKS: LinkSecurity = { secret: null, tls: null, plainPeers: [] };

/** A shorter secret can be tried out. */
const MIN_SECRET_CHARS = 16;

const plainPeers = value<readonly string[]>({
  default: [],
  allowed: ADDRESS_LIST_ALLOWED,
  parse: (raw) => {
    const entries = raw.split(";").map((entry) => entry.trim()).filter((entry) => entry !== "");
    return entries.every(isAddressEntry) ? entries : undefined;
  },
});

/**
 * The field of all these keys; its own name in a schema is free. A role that listens for servers
 * needs a certificate of its own for TLS, the others may have one.
 */
export function linkSecurity(role: "listens" | "connects"): Field<LinkSecurity> {
  return {
    isSet: (_key, from) => from.get("LinkSecret") !== null || from.get("LinkTls") !== null,
    read: (_key, from) => {
      const known = optional(secret()).read("LinkSecret", from) ?? null;
      if (known !== null && known.reveal().length < MIN_SECRET_CHARS) {
        const setting = from.get("LinkSecret") ?? from.get("LinkSecretFile");
        from.reject(setting!, `at least ${MIN_SECRET_CHARS} characters`, "secret");
      }
      return {
        secret: known,
        tls: readTls(role, from),
        plainPeers: plainPeers.read("LinkPlainPeers", from) ?? [],
      };
    },
  };
}

function readTls(role: "listens" | "connects", from: Reader): LinkTls | null {
  const file = (key: string): string | null => optional(text()).read(key, from) ?? null;
  const isOn = flag({ default: false }).read("LinkTls", from) === true;
  const tls = {
    certFile: file("LinkCertFile"),
    keyFile: file("LinkKeyFile"),
    caFile: file("LinkCaFile"),
    serverName: file("LinkServerName"),
  };
  if (!isOn) return null;
  const needsPair = role === "listens" || tls.certFile !== null || tls.keyFile !== null;
  if (needsPair && tls.certFile === null) from.missing("LinkCertFile", "the path of a file");
  if (needsPair && tls.keyFile === null) from.missing("LinkKeyFile", "the path of a file");
  return tls;
}
