/** Sending one frame to the terminals of users on this server. */
import { isMobile } from "../../shared/client_class.ts";
import type { ClientConn } from "./state/client_conn.ts";
import type { UserTable } from "./state/user_table.ts";

/** To all terminals of a user here but `except`. Tells how many that were. */
export function deliverTo(
  users: UserTable,
  userId: number,
  frame: Uint8Array,
  except: ClientConn | null = null,
): number {
  let sent = 0;
  for (const conn of users.connsOf(userId)) {
    if (conn === except) continue;
    conn.link.send(frame);
    sent++;
  }
  return sent;
}

/** To the PC terminal of a user here; phones know no files. */
export function deliverToPcs(users: UserTable, userId: number, frame: Uint8Array): void {
  for (const conn of users.connsOf(userId)) {
    if (!isMobile(conn.clientType)) conn.link.send(frame);
  }
}

/** To all terminals here of several users, each once, but `except`. */
export function deliverToAll(
  users: UserTable,
  userIds: Iterable<number>,
  { frame, except }: { readonly frame: Uint8Array; readonly except: ClientConn | null },
): void {
  for (const userId of new Set(userIds)) deliverTo(users, userId, frame, except);
}
