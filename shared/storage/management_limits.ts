/** Rules of the management API's data that every engine keeps. */
import { ADMIN_ROLES, type AdminRole } from "./management.ts";

/** Ids and times are unsigned 32-bit columns. */
export const MAX_ID = 0xffffffff;
/** Most ids of one request (docs/spec/pitfalls.md P-LIM6). */
export const MAX_IDS = 5000;
/** Most users of one write, and names of one question: an import has so many rows. */
export const MAX_USER_WRITES = 10_000;

/** How long an expired session is remembered, so that its owner is told that it expired: a week. */
export const EXPIRED_KEPT_SEC = 7 * 24 * 3600;

/** A key can do no more than its maker could do now. */
export function lesserRole(one: AdminRole, other: AdminRole): AdminRole {
  return ADMIN_ROLES.indexOf(one) > ADMIN_ROLES.indexOf(other) ? one : other;
}
