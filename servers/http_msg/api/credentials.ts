/** Sessions and API keys as their owners show them: `Authorization: Bearer tts_…` or `ttk_…`. */
import { createHash } from "node:crypto";
import type { Random } from "../../../shared/random.ts";
import type { AdminRole, CredentialOwner } from "../../../shared/storage/management.ts";
import { ApiError } from "../http/errors.ts";
import type { ManageClient } from "../links/manage_client.ts";
import type { Access } from "./route.ts";

export type CredentialKind = CredentialOwner["kind"];

const PREFIXES: Readonly<Record<CredentialKind, string>> = { session: "tts_", key: "ttk_" };
/** 256 bits that cannot be guessed. */
const SECRET_BYTES = 32;
const CREDENTIAL = /^Bearer (tt[sk]_[A-Za-z0-9_-]{43})$/;
/** How old the time of the last use may get before it is written again, in seconds. */
const TOUCH_AFTER_SEC = 60;

/** A new credential; only {@link credentialHash} of it is stored. */
export function makeCredential(kind: CredentialKind, random: Random): string {
  const secret = random.bytes(SECRET_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
  return PREFIXES[kind] + secret;
}

/**
 * SHA-256: the secret is as random as the hash is long, so nothing slower is needed. Comparing is
 * done by looking the hash up; how long that takes tells nothing about a secret that fits it.
 */
export function credentialHash(credential: string): string {
  return createHash("sha256").update(credential).digest("hex");
}

/** Whose credential the request shows. @throws {ApiError} when it shows none that is valid */
export async function authenticate(
  request: Request,
  manage: ManageClient,
  now: number,
): Promise<CredentialOwner> {
  const header = request.headers.get("authorization");
  if (header === null) throw unauthorized("credential_missing");
  const credential = CREDENTIAL.exec(header)?.[1];
  if (credential === undefined) throw unauthorized("credential_invalid");
  const kind = credential.startsWith(PREFIXES.session) ? "session" : "key";
  const owner = await manage.run("credentials.find", { kind, hash: credentialHash(credential) });
  if (owner === null) throw unauthorized("credential_invalid");
  if (owner.expires !== 0 && owner.expires <= now) throw unauthorized("credential_expired");
  if (owner.lastSeen < now - TOUCH_AFTER_SEC) {
    await manage.run("credentials.touch", { kind, id: owner.id, now });
  }
  return owner;
}

function unauthorized(
  code: "credential_missing" | "credential_invalid" | "credential_expired",
): ApiError {
  return new ApiError(code, { headers: { "WWW-Authenticate": "Bearer" } });
}

/** From least to most. */
const RANKS: Readonly<Record<AdminRole, number>> = { read_only: 0, manager: 1, owner: 2 };

export function hasRole(who: CredentialOwner, least: AdminRole): boolean {
  return RANKS[who.role] >= RANKS[least];
}

/** @throws {ApiError} when the owner of the credential may not use routes of this access */
export function authorize(access: Exclude<Access, "public">, who: CredentialOwner): void {
  if (access === "session" && who.kind !== "session") throw new ApiError("session_required");
  if (access === "session" || access === "any_admin") return;
  if (who.mustChange) throw new ApiError("password_change_required");
  if (!hasRole(who, access)) throw new ApiError("forbidden");
}
