import { isIP } from "node:net";
import { type Field, value, type WithDefault } from "./field.ts";

export interface IntegerOptions extends WithDefault<number> {
  readonly min: number;
  readonly max: number;
}

/** A whole decimal number, both limits included. */
export function integer({ min, max, ...options }: IntegerOptions): Field<number> {
  return value({
    ...options,
    allowed: `a whole number from ${min} to ${max}`,
    parse: (text) => {
      const number = /^-?\d{1,15}$/.test(text) ? Number(text) : NaN;
      return number >= min && number <= max ? number : undefined;
    },
  });
}

export interface PortOptions extends WithDefault<number> {
  /** Lets a listener ask for any free port (tests, all-in-one). A peer's port is never 0. */
  readonly allowZero?: boolean;
}

export function port({ allowZero = false, ...options }: PortOptions = {}): Field<number> {
  return integer({ ...options, min: allowZero ? 0 : 1, max: 65535 });
}

export interface TextOptions extends WithDefault<string> {
  readonly pattern?: RegExp;
  /** Says in words what `pattern` accepts. */
  readonly allowed?: string;
}

export function text({ pattern, allowed, ...options }: TextOptions = {}): Field<string> {
  return value({
    ...options,
    allowed: allowed ?? (pattern === undefined ? "a text" : `a text like ${pattern.source}`),
    parse: (raw) => pattern === undefined || raw.search(pattern) >= 0 ? raw : undefined,
  });
}

/** One of a few words; the type is their union. */
export function choice<const T extends string>(
  values: readonly T[],
  options: WithDefault<NoInfer<T>> = {},
): Field<T> {
  return value<T>({
    ...options,
    allowed: values.join(", "),
    parse: (raw) => values.find((candidate) => candidate === raw),
  });
}

/** `1` is true and `0` is false. */
export function flag(options: WithDefault<boolean> = {}): Field<boolean> {
  return value({
    ...options,
    allowed: "0 or 1",
    parse: (raw) => raw === "1" ? true : raw === "0" ? false : undefined,
  });
}

/** An address or a host name. */
export function host(options: WithDefault<string> = {}): Field<string> {
  return value({
    ...options,
    allowed: HOST_ALLOWED,
    parse: (raw) => isHost(raw) ? raw : undefined,
  });
}

/** Several addresses to listen on, separated by `;`, without repeats. */
export function ipList(options: WithDefault<readonly string[]> = {}): Field<readonly string[]> {
  return value<readonly string[]>({
    ...options,
    allowed: `one or more of ${HOST_ALLOWED}, separated by ;`,
    parse: (raw) => {
      const addresses = raw.split(";").map((part) => part.trim()).filter((part) => part !== "");
      if (addresses.length === 0 || !addresses.every(isHost)) return undefined;
      return [...new Set(addresses)];
    },
  });
}

export interface UrlOptions extends WithDefault<string> {
  /** Without the colon; default http and https. */
  readonly protocols?: readonly string[];
}

/** A URL, kept as it was written: clients get it byte for byte. */
export function url({ protocols = ["http", "https"], ...options }: UrlOptions = {}): Field<string> {
  return value({
    ...options,
    allowed: `a URL that starts with ${protocols.map((name) => `${name}://`).join(" or ")}`,
    parse: (raw) => {
      const parsed = URL.parse(raw);
      if (parsed === null || /\s/.test(raw)) return undefined;
      return protocols.includes(parsed.protocol.slice(0, -1)) && raw.includes("://")
        ? raw
        : undefined;
    },
  });
}

export const HOST_ALLOWED = "an IP address or a host name";

/** Longest host name of DNS, in characters. */
const MAX_HOST_CHARS = 253;

export function isHost(raw: string): boolean {
  if (isIP(raw) !== 0) return true;
  // `127.0.0` or `300.1.1.1` is a slip in an address, not a name.
  if (raw.length > MAX_HOST_CHARS || /^[\d.]+$/.test(raw)) return false;
  return /^\w([\w-]*\w)?(\.\w([\w-]*\w)?)*\.?$/.test(raw);
}
