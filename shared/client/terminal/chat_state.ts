/** What the chat knows: people, groups, what is unread, and which conversation is open. */
import {
  type ContactSessionInfo,
  type GroupInfo,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
  type UserInfo,
} from "../../../proto/mod.ts";
import type { SessionRef } from "../mod.ts";
import { formatName } from "./format.ts";

/** Users with this status have left and are not shown (docs/spec/wire.md 7.1). */
export const USER_HAS_LEFT = 3;

export class ChatState {
  readonly me: UserInfo;
  readonly users = new Map<number, UserInfo>();
  readonly groups = new Map<number, GroupInfo>();
  /** Ids of users with a PC online. */
  readonly online = new Set<number>();
  /** Newest first, as of the last refresh. */
  recent: readonly ContactSessionInfo[] = [];
  open: SessionRef | null = null;
  /** Of the open conversation: the newest message printed. */
  lastShownId = 0;
  readonly #unread = new Map<string, { readonly session: SessionRef; readonly count: number }>();

  constructor(me: UserInfo) {
    this.me = me;
    this.users.set(me.user_id, me);
  }

  isOpen(session: SessionRef): boolean {
    return this.open !== null && keyOf(this.open) === keyOf(session);
  }

  unreadOf(session: SessionRef): number {
    return this.#unread.get(keyOf(session))?.count ?? 0;
  }

  /** 0 forgets the session. */
  setUnread(session: SessionRef, count: number): void {
    if (count === 0) this.#unread.delete(keyOf(session));
    else this.#unread.set(keyOf(session), { session, count });
  }

  clearUnread(): void {
    this.#unread.clear();
  }

  unreadSessions(): readonly { readonly session: SessionRef; readonly count: number }[] {
    return [...this.#unread.values()];
  }

  /** Nick name, ready to print. */
  userName(userId: number): string {
    const user = this.users.get(userId);
    if (user === undefined) return `user ${userId}`;
    return formatName(user.user_nick_name || user.user_real_name || `user ${userId}`);
  }

  /** `#name`, ready to print. */
  groupName(groupId: number): string {
    return `#${formatName(this.groups.get(groupId)?.group_name ?? `${groupId}`)}`;
  }

  sessionName({ session_type, session_id }: SessionRef): string {
    return session_type === SESSION_TYPE_GROUP
      ? this.groupName(session_id)
      : this.userName(session_id);
  }

  /** Users that are shown, the online ones first, then by name. */
  contacts(): UserInfo[] {
    const shown = [...this.users.values()].filter((user) =>
      user.status !== USER_HAS_LEFT && user.user_id !== this.me.user_id
    );
    const rank = (user: UserInfo): number => (this.online.has(user.user_id) ? 0 : 1);
    return shown.sort((one, other) =>
      rank(one) - rank(other) ||
      one.user_nick_name.localeCompare(other.user_nick_name, undefined, { numeric: true })
    );
  }
}

export function withUser(userId: number): SessionRef {
  return { session_type: SESSION_TYPE_SINGLE, session_id: userId };
}

export function withGroup(groupId: number): SessionRef {
  return { session_type: SESSION_TYPE_GROUP, session_id: groupId };
}

function keyOf({ session_type, session_id }: SessionRef): string {
  return `${session_type}:${session_id}`;
}
