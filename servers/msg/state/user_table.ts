/** Who is connected here: users by id with their terminals, and all PC terminals. */
import { isMobile } from "../../../shared/client_class.ts";
import type { ClientConn } from "./client_conn.ts";

export interface OnlineUser {
  readonly id: number;
  readonly nick: string;
  /** Online connections, in the order of their logins; at most one PC and one mobile terminal. */
  readonly conns: ClientConn[];
  /** Whether route_server said that a PC terminal of this user is online somewhere. */
  hasPcOnline: boolean;
}

export class UserTable {
  readonly #byId = new Map<number, OnlineUser>();
  readonly #pcConns = new Set<ClientConn>();
  #connCount = 0;

  /** Number of logged-in connections. */
  get connCount(): number {
    return this.#connCount;
  }

  /** Every logged-in PC terminal; presence is told to them only (docs/spec/pitfalls.md Q-STAT). */
  get pcConns(): Iterable<ClientConn> {
    return this.#pcConns;
  }

  get(userId: number): OnlineUser | undefined {
    return this.#byId.get(userId);
  }

  /** Terminals of a user here; none when the user is not connected to this server. */
  connsOf(userId: number): readonly ClientConn[] {
    return this.#byId.get(userId)?.conns ?? [];
  }

  *allConns(): Iterable<ClientConn> {
    for (const user of this.#byId.values()) yield* user.conns;
  }

  add(conn: ClientConn, identity: { readonly id: number; readonly nick: string }): OnlineUser {
    let user = this.#byId.get(identity.id);
    if (user === undefined) {
      user = { id: identity.id, nick: identity.nick, conns: [conn], hasPcOnline: false };
      this.#byId.set(user.id, user);
    } else {
      user.conns.push(conn);
    }
    this.#connCount++;
    if (!isMobile(conn.clientType)) this.#pcConns.add(conn);
    return user;
  }

  /** Takes a connection out; the user goes with the last one. */
  remove(conn: ClientConn): void {
    const { user } = conn;
    const index = user?.conns.indexOf(conn) ?? -1;
    if (user === null || index < 0) return;
    user.conns.splice(index, 1);
    if (user.conns.length === 0) this.#byId.delete(user.id);
    this.#connCount--;
    this.#pcConns.delete(conn);
  }
}
