/** Limits of the management API's data that every engine keeps. */

/** How long an expired session is remembered, so that its owner is told that it expired: a week. */
export const EXPIRED_KEPT_SEC = 7 * 24 * 3600;
