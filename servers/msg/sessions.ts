/** How a connection comes online, goes offline and is kicked; used by several handlers. */
import { CID_LOGIN_KICK_USER, IMKickUser, type KickReasonType } from "../../proto/mod.ts";
import type { LivenessPolicy } from "../../shared/netlib/mod.ts";
import { buildFrame } from "../../shared/pdu/mod.ts";
import type { MsgServices } from "./services.ts";
import { isMobile, isSameClass } from "../../shared/client_class.ts";
import type { ClientConn } from "./state/client_conn.ts";

/** Largest frame of a logged-in client, in bytes (docs/spec/wire.md 2). */
export const CLIENT_MAX_FRAME_BYTES = 1024 * 1024;
/** Silence after which a client is closed, in seconds (docs/spec/wire.md 3). */
export const PC_POLICY: LivenessPolicy = { maxSilentSec: 120, heartbeatAfterSec: null };
const MOBILE_POLICY: LivenessPolicy = { maxSilentSec: 300, heartbeatAfterSec: null };
/** How long a kicked client may take to read the reason, in seconds (docs/spec/pitfalls.md P-AUTH2). */
const KICK_GRACE_SEC = 3;

/** Enters a validated connection and tells login_servers and route_servers. */
export function goOnline(
  conn: ClientConn,
  identity: { readonly id: number; readonly nick: string },
): void {
  const { users, logins, routes } = conn.services;
  conn.user = users.add(conn, identity);
  conn.state = "online";
  conn.link.maxFrameBytes = CLIENT_MAX_FRAME_BYTES;
  conn.watch.deadlineSec = null;
  conn.watch.policy = isMobile(conn.clientType) ? MOBILE_POLICY : PC_POLICY;
  logins.count(conn.userId, "up");
  routes.announce(conn, "online");
}

/** Tells login_servers and route_servers that a connection which was online is no more. */
export function goOffline(conn: ClientConn): void {
  conn.services.logins.count(conn.userId, "down");
  conn.services.routes.announce(conn, "offline");
}

/**
 * Kicks all terminals of the user here that are of the same class. They are told why, taken out at
 * once, served no more, and closed after a grace. The caller announces their going with
 * {@link goOffline}: after a new terminal of the class, so that nobody sees the user go and come.
 */
export function kickSameClass(
  services: MsgServices,
  userId: number,
  { clientType, reason }: { readonly clientType: number; readonly reason: KickReasonType },
): readonly ClientConn[] {
  const kicked = services.users.connsOf(userId).filter((conn) =>
    isSameClass(conn.clientType, clientType)
  );
  if (kicked.length === 0) return kicked;
  const frame = buildFrame(
    CID_LOGIN_KICK_USER,
    0,
    IMKickUser.encode({ user_id: userId, kick_reason: reason }),
  );
  for (const conn of kicked) {
    conn.link.send(frame);
    services.users.remove(conn);
    conn.state = "gone";
    conn.watch.deadlineSec = KICK_GRACE_SEC;
  }
  return kicked;
}
