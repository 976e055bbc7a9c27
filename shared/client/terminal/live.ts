/** What happens while the user reads or types: messages of others, presence, lost connections. */
import {
  GROUP_MODIFY_TYPE_ADD,
  type IMFileNotify,
  type IMGroupChangeMemberNotify,
  KICK_REASON_MOBILE_KICK,
  SESSION_TYPE_GROUP,
  USER_STATUS_ONLINE,
  type UserStat,
} from "../../../proto/mod.ts";
import { ConnectionLostError, DeadlineError, type ReceivedMessage } from "../mod.ts";
import type { ChatContext } from "./chat_context.ts";
import { withUser } from "./chat_state.ts";
import { markRead, showMissed } from "./conversation.ts";
import { formatBody, formatMessage, formatName, formatTime } from "./format.ts";
import { printUnread } from "./lists.ts";
import { commandProblem } from "./problem.ts";
import { fetchGroups, fetchMissingUsers, refresh } from "./refresh.ts";

/** Limit of one wait for the next message; the wait then begins again. */
const NEXT_MESSAGE_MS = 24 * 3600 * 1000;

/** Subscribes to everything that is not a message. The client's end is the end of it. */
export function followEvents(chat: ChatContext): void {
  const { client, state, console, style } = chat;
  const note = (text: string): void => console.print(style.dim(`-- ${text}`));
  client.on("status", (status) => presenceChanged(chat, status, note));
  client.on("groupChanged", (change) => groupChanged(chat, change, note));
  client.on("readNotify", (session) => state.setUnread(session, 0));
  client.on("fileNotify", (file) => note(fileOffer(chat, file)));
  client.on("signInfo", ({ changed_user_id, sign_info }) => {
    const user = state.users.get(changed_user_id);
    if (user !== undefined) user.sign_info = sign_info;
  });
  client.on("kicked", ({ kick_reason }) =>
    note(
      kick_reason === KICK_REASON_MOBILE_KICK
        ? "logged out by your phone"
        : "logged out: you have logged in somewhere else",
    ));
  client.on("disconnected", ({ reason }) => {
    console.printError(style.error(`-- connection lost (${formatName(reason)}); reconnecting …`));
  });
}

/** Prints messages as they come, one after the other, until the client ends. */
export async function followMessages(chat: ChatContext): Promise<void> {
  for (;;) {
    try {
      await received(chat, await chat.client.next("message", { timeoutMs: NEXT_MESSAGE_MS }));
    } catch (error) {
      if (error instanceof DeadlineError) continue;
      // Either the end, or what was shown could not be marked as read: the link is down.
      if (!(error instanceof ConnectionLostError)) throw error;
      if (chat.client.hasEnded) return;
    }
  }
}

/** Catches up after each reconnect, until the client ends. */
export async function followReconnects(chat: ChatContext): Promise<void> {
  for (;;) {
    try {
      await chat.client.next("reconnected", { timeoutMs: NEXT_MESSAGE_MS });
      chat.console.print(chat.style.dim("-- connected again"));
      await refresh(chat.client, chat.state);
      await showMissed(chat);
      if (chat.state.unreadSessions().length > 0) printUnread(chat);
    } catch (error) {
      if (commandProblem(error) === null) throw error;
      // The end, or the link was lost again: the next reconnect catches up.
      if (chat.client.hasEnded) return;
    }
  }
}

async function received(chat: ChatContext, message: ReceivedMessage): Promise<void> {
  const { state, console, style, clock } = chat;
  await fetchNames(chat, message);
  const isOwn = message.from_user_id === state.me.user_id;
  const isOpen = state.isOpen(message);
  console.print(formatMessage(
    {
      time: formatTime(message.create_time, clock.nowMs()),
      author: state.userName(message.from_user_id),
      body: formatBody(message),
      ...(isOpen ? {} : { elsewhere: state.sessionName(message) }),
    },
    style,
    isOwn,
  ));
  if (isOpen) {
    state.lastShownId = Math.max(state.lastShownId, message.msg_id);
    if (!isOwn) markRead(chat, message);
  } else if (!isOwn) {
    state.setUnread(message, state.unreadOf(message) + 1);
  }
}

/** Without an answer the message is printed all the same, with numbers for names. */
async function fetchNames({ client, state }: ChatContext, message: ReceivedMessage): Promise<void> {
  try {
    await fetchMissingUsers(client, state, [message.from_user_id]);
    const isGroup = message.session_type === SESSION_TYPE_GROUP;
    if (isGroup && !state.groups.has(message.session_id)) {
      await fetchGroups(client, state, [message.session_id]);
    }
  } catch (error) {
    if (commandProblem(error) === null) throw error;
  }
}

function presenceChanged(
  { state }: ChatContext,
  { user_id, status }: UserStat,
  note: (text: string) => void,
): void {
  const isOnline = status === USER_STATUS_ONLINE;
  const wasOnline = state.online.has(user_id);
  if (isOnline) state.online.add(user_id);
  else state.online.delete(user_id);
  // Everybody's changes arrive; only those of whom one talks to are news.
  if (isOnline === wasOnline || !state.isOpen(withUser(user_id))) return;
  note(`${state.userName(user_id)} is ${isOnline ? "online" : "offline"}`);
}

function groupChanged(
  { state }: ChatContext,
  change: IMGroupChangeMemberNotify,
  note: (text: string) => void,
): void {
  const group = state.groups.get(change.group_id);
  if (group === undefined) return;
  const before = new Set(group.group_member_list);
  const isAddition = change.change_type === GROUP_MODIFY_TYPE_ADD;
  // An added user gets the notice twice (docs/spec/pitfalls.md P-GRP8); the second changes nothing.
  const changed = change.chg_user_id_list.filter((userId) => before.has(userId) !== isAddition);
  group.group_member_list = change.cur_user_id_list;
  if (changed.length === 0) return;
  const names = changed.map((userId) => state.userName(userId)).join(", ");
  note(`${names} ${isAddition ? "joined" : "left"} ${state.groupName(change.group_id)}`);
}

function fileOffer({ state }: ChatContext, file: IMFileNotify): string {
  const from = state.userName(file.from_user_id);
  const name = formatName(file.file_name);
  return `${from} sends the file ${name} (${file.file_size} bytes), which this client cannot take`;
}
