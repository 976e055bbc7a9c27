/** The lists that commands print. */
import { type ContactSessionInfo, SESSION_TYPE_SINGLE, type UserInfo } from "../../../proto/mod.ts";
import type { SessionRef } from "../mod.ts";
import type { ChatContext } from "./chat_context.ts";
import { withGroup, withUser } from "./chat_state.ts";
import { openSession } from "./conversation.ts";
import { firstLine, formatBody, formatName, formatTime } from "./format.ts";
import { CommandError } from "./problem.ts";
import { formatRows } from "./table.ts";

const PREVIEW_COLUMNS = 40;

/** Contacts with online state and unread messages, those whose names contain `text`. */
export function printUsers({ state, console, style }: ChatContext, text: string): void {
  const wanted = text.toLowerCase();
  const names = (user: UserInfo): string[] => [
    user.user_nick_name,
    user.user_real_name,
    user.user_domain,
  ];
  const users = state.contacts().filter((user) =>
    names(user).some((name) => name.toLowerCase().includes(wanted))
  );
  printRows(
    { console, style },
    "no such user",
    users.map((user) => {
      const isOnline = state.online.has(user.user_id);
      return [
        isOnline ? style.own("online") : style.dim("offline"),
        style.name(state.userName(user.user_id)),
        style.dim(formatName(user.user_real_name)),
        unreadNote({ state, style }, withUser(user.user_id)),
        formatName(user.sign_info ?? ""),
      ];
    }),
  );
}

export function printGroups({ state, console, style }: ChatContext): void {
  printRows(
    { console, style },
    "no groups yet: /create NAME user…",
    [...state.groups.values()].map(
      (group) => [
        style.name(state.groupName(group.group_id)),
        style.dim(`${group.group_member_list.length} members`),
        unreadNote({ state, style }, withGroup(group.group_id)),
      ],
    ),
  );
}

export function printRecent({ state, console, style, clock }: ChatContext): void {
  const row = (session: ContactSessionInfo): string[] => [
    style.dim(formatTime(session.updated_time, clock.nowMs())),
    style.name(state.sessionName(session)),
    unreadNote({ state, style }, session),
    firstLine(
      formatBody({ msg_type: session.latest_msg_type, msg_data: session.latest_msg_data }),
      PREVIEW_COLUMNS,
    ),
  ];
  printRows({ console, style }, "no conversations yet: /open NAME", state.recent.map(row));
}

export function printUnread({ state, console, style }: ChatContext): void {
  printRows(
    { console, style },
    "nothing is unread",
    state.unreadSessions().map(
      ({ session }) => [
        style.name(state.sessionName(session)),
        unreadNote({ state, style }, session),
      ],
    ),
  );
}

/** Members of the open group. */
export function printMembers(chat: ChatContext): void {
  const { state, console, style } = chat;
  const session = openSession(chat);
  if (session.session_type === SESSION_TYPE_SINGLE) {
    throw new CommandError("This is no group: /open #GROUP");
  }
  const members = state.groups.get(session.session_id)?.group_member_list ?? [];
  printRows(
    { console, style },
    "no members known",
    members.map((userId) => [
      state.online.has(userId) ? style.own("online") : style.dim("offline"),
      userId === state.me.user_id
        ? style.own(state.userName(userId))
        : style.name(state.userName(userId)),
    ]),
  );
}

export function printMe({ state, console, style }: ChatContext): void {
  const { me } = state;
  printRows({ console, style }, "", [
    ["name", style.own(state.userName(me.user_id))],
    ["login", formatName(me.user_real_name)],
    ["id", `${me.user_id}`],
    ["email", formatName(me.email)],
    ["phone", formatName(me.user_tel)],
    ["signature", formatName(me.sign_info ?? "")],
  ]);
}

function printRows(
  { console, style }: Pick<ChatContext, "console" | "style">,
  nothing: string,
  rows: readonly (readonly string[])[],
): void {
  if (rows.length === 0) console.print(style.dim(`-- ${nothing}`));
  else console.print(formatRows(rows, style));
}

function unreadNote(
  { state, style }: Pick<ChatContext, "state" | "style">,
  session: SessionRef,
): string {
  const count = state.unreadOf(session);
  return count === 0 ? "" : style.alert(`${count} unread`);
}
