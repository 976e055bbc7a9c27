/** What a server says of itself on a link (docs/internal.md 1), as it may be. */
import { ProtocolError } from "../../proto/mod.ts";

/** Of a name that people read, in characters. */
export const MAX_SERVER_NAME_CHARS = 128;
export const MAX_FEATURES = 32;
export const MAX_FEATURE_CHARS = 32;

/** IMInternalHello or IMInternalHelloRsp, both of which say the same. */
export interface Hello {
  readonly role: string;
  readonly server_name: string;
  readonly feature_list: readonly string[];
}

/** @throws {ProtocolError} for one that nobody says; it is dropped then, and nothing remembered */
export function checkHello({ role, server_name, feature_list }: Hello): void {
  if (!/^[A-Z]$/.test(role)) throw new ProtocolError("Cannot take hello: role is no letter");
  if (server_name.length > MAX_SERVER_NAME_CHARS) {
    throw new ProtocolError(`Cannot take hello: name has ${server_name.length} characters`);
  }
  if (feature_list.length > MAX_FEATURES) {
    throw new ProtocolError(`Cannot take hello: ${feature_list.length} features`);
  }
  if (feature_list.some((feature) => feature.length > MAX_FEATURE_CHARS)) {
    throw new ProtocolError("Cannot take hello: a feature's name is too long");
  }
}
