/** What a server says in its hello that it speaks (docs/internal.md 1). */

/** Operations of the management API: CID_INTERNAL_MANAGE_REQ. */
export const FEATURE_MANAGE = "manage/1";
/** Who is logged in where: CID_INTERNAL_SESSION_LIST_REQ. */
export const FEATURE_SESSIONS = "sessions/1";
/** How much is going on: CID_INTERNAL_FIGURES_REQ. */
export const FEATURE_FIGURES = "figures/1";

/** Letters of docs/spec/wire.md 5. */
export const ROLE_HTTP_MSG_SERVER = "H";
export const ROLE_ROUTE_SERVER = "R";
export const ROLE_DB_PROXY_SERVER = "D";
export const ROLE_MSG_SERVER = "M";
export const ROLE_LOGIN_SERVER = "L";
