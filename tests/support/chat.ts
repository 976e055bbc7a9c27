/** Words of the scenarios: conversations, what somebody hears next, and that somebody hears nothing. */
import assert from "node:assert/strict";
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  IMMsgData,
  IMMsgDataAck,
  type IMMsgDataInit,
  type MsgInfo,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../proto/mod.ts";
import { type Client, type SessionRef, textOf } from "../../shared/client/mod.ts";
import { bodyOf, commandIdOf } from "../../shared/pdu/mod.ts";
import { withDeadline } from "./scripted_link.ts";

export const single = (userId: number): SessionRef => ({
  session_type: SESSION_TYPE_SINGLE,
  session_id: userId,
});

export const group = (groupId: number): SessionRef => ({
  session_type: SESSION_TYPE_GROUP,
  session_id: groupId,
});

/** The next message at a terminal is this text, so nothing else came before it. */
export async function hears(client: Client, text: string): Promise<void> {
  assert.equal((await client.next("message")).text, text);
}

/** Waits until a client has ended, and tells why. */
export function endOf(client: Client): Promise<string> {
  return withDeadline("the end of a client", (resolve) => void client.closed.then(resolve));
}

/** Texts of a conversation, oldest first. */
export async function textsOf(client: Client, session: SessionRef): Promise<(string | null)[]> {
  const { msg_list } = await client.messageList(session, { count: 100 });
  return msg_list.map((info) => textOf(info)).reverse();
}

/** The whole conversation, oldest first, page by page as clients do. */
export async function wholeHistory(client: Client, session: SessionRef): Promise<MsgInfo[]> {
  const all: MsgInfo[] = [];
  for (let begin = 0;;) {
    const { msg_list } = await client.messageList(session, { begin, count: 100 });
    all.push(...msg_list);
    const oldest = msg_list.at(-1);
    if (oldest === undefined || oldest.msg_id === 1) return all.reverse();
    begin = oldest.msg_id - 1;
  }
}

/** Unread count of one conversation; 0 when it is not listed. */
export async function unreadOf(client: Client, session: SessionRef): Promise<number> {
  const { unreadinfo_list } = await client.unread();
  const found = unreadinfo_list.find((info) =>
    info.session_type === session.session_type && info.session_id === session.session_id
  );
  return found?.unread_cnt ?? 0;
}

/** Sends a message without waiting for an ack: for those that get none. */
export function say(client: Client, message: Omit<IMMsgDataInit, "msg_id" | "create_time">): void {
  client.notify({ id: CID_MSG_DATA, request: IMMsgData }, {
    ...message,
    msg_id: 0,
    create_time: 0,
  });
}

/** The acks that a client gets from now on. */
export function acksOf(client: Client): IMMsgDataAck[] {
  const acks: IMMsgDataAck[] = [];
  client.onFrame((frame) => {
    if (commandIdOf(frame) !== CID_MSG_DATA_ACK) return;
    acks.push(IMMsgDataAck.decode(bodyOf(frame)));
  });
  return acks;
}

/**
 * Resolves when db_proxy has done what the client sent before and what has no answer: a cluster has
 * one link for such requests, and those of one user are done in order.
 */
export async function settled(client: Client): Promise<void> {
  await client.latestMessageId(single(client.userId));
}
