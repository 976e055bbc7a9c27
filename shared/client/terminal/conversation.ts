/** The open conversation: showing, sending, marking as read. */
import type { MsgInfo } from "../../../proto/mod.ts";
import { SESSION_TYPE_GROUP } from "../../../proto/mod.ts";
import { nowSec } from "../../clock.ts";
import { MAX_TEXT_BYTES } from "../../message_limits.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../../text_cipher.ts";
import type { SessionRef } from "../mod.ts";
import type { ChatContext } from "./chat_context.ts";
import { formatBody, formatMessage, formatText, formatTime } from "./format.ts";
import { CommandError } from "./problem.ts";
import { fetchMissingUsers } from "./refresh.ts";

/** Messages shown when a conversation is opened, and asked for after a reconnect. */
const OPENING_COUNT = 10;
const MISSED_COUNT = 100;

/** @throws {CommandError} when no conversation is open */
export function openSession({ state }: ChatContext): SessionRef {
  if (state.open === null) throw new CommandError("Open a conversation first: /open NAME");
  return state.open;
}

/** Makes a conversation the open one and shows its latest messages. */
export async function openConversation(chat: ChatContext, session: SessionRef): Promise<void> {
  const { state, console, style } = chat;
  const messages = await fetchHistory(chat, session, OPENING_COUNT);
  state.open = session;
  state.lastShownId = 0;
  const name = state.sessionName(session);
  console.setPrompt(`${name}> `);
  console.print(style.dim(`-- talking to ${name}`));
  show(chat, session, messages);
  markRead(chat, session);
}

/** Shows the latest `count` messages of the open conversation. */
export async function showHistory(chat: ChatContext, count: number): Promise<void> {
  const session = openSession(chat);
  const messages = await fetchHistory(chat, session, count);
  if (messages.length === 0) chat.console.print(chat.style.dim("-- nothing was said yet"));
  show(chat, session, messages);
}

/** Shows what was said in the open conversation while the connection was lost. */
export async function showMissed(chat: ChatContext): Promise<void> {
  const session = chat.state.open;
  if (session === null) return;
  const lastShownId = chat.state.lastShownId;
  const messages = await fetchHistory(chat, session, MISSED_COUNT);
  show(chat, session, messages.filter((message) => message.msg_id > lastShownId));
  markRead(chat, session);
}

/** Sends text to the open conversation and shows it once the server has it. */
export async function sendLine(chat: ChatContext, text: string): Promise<void> {
  const { client, state, console, style, clock } = chat;
  const session = openSession(chat);
  const bytes = encodeText(text, DEFAULT_CLIENT_AES_KEY).length;
  if (bytes > MAX_TEXT_BYTES) {
    throw new CommandError(`The text is too long: ${bytes} of ${MAX_TEXT_BYTES} bytes encoded`);
  }
  console.eraseEntered();
  const sentAtSec = nowSec(clock);
  const { msg_id } = session.session_type === SESSION_TYPE_GROUP
    ? await client.groupText(session.session_id, text)
    : await client.sendText(session.session_id, text);
  if (state.isOpen(session)) state.lastShownId = Math.max(state.lastShownId, msg_id);
  console.print(formatMessage(
    {
      time: formatTime(sentAtSec, clock.nowMs()),
      author: state.userName(state.me.user_id),
      body: formatText(text),
    },
    style,
    true,
  ));
}

/** Tells the server that the open conversation was read up to what is shown. */
export function markRead({ client, state }: ChatContext, session: SessionRef): void {
  state.setUnread(session, 0);
  if (state.lastShownId > 0) client.readAck(session, state.lastShownId);
}

async function fetchHistory(
  chat: ChatContext,
  session: SessionRef,
  count: number,
): Promise<readonly MsgInfo[]> {
  const { msg_list } = await chat.client.messageList(session, { count });
  await fetchMissingUsers(chat.client, chat.state, msg_list.map((one) => one.from_session_id));
  return msg_list.toReversed();
}

function show(chat: ChatContext, session: SessionRef, messages: readonly MsgInfo[]): void {
  const { state, console, style, clock } = chat;
  for (const message of messages) {
    console.print(formatMessage(
      {
        time: formatTime(message.create_time, clock.nowMs()),
        author: state.userName(message.from_session_id),
        body: formatBody(message),
      },
      style,
      message.from_session_id === state.me.user_id,
    ));
    if (state.isOpen(session)) state.lastShownId = Math.max(state.lastShownId, message.msg_id);
  }
}
