/** Rules of the management API's data that every engine keeps. */
import { ADMIN_ROLES, type AdminRole } from "./management.ts";

/** How long an expired session is remembered, so that its owner is told that it expired: a week. */
export const EXPIRED_KEPT_SEC = 7 * 24 * 3600;

/** A key can do no more than its maker could do now. */
export function lesserRole(one: AdminRole, other: AdminRole): AdminRole {
  return ADMIN_ROLES.indexOf(one) > ADMIN_ROLES.indexOf(other) ? one : other;
}
