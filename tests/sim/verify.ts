/** After the faults: everybody is back, and what is stored is what was said, from every side. */
import {
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
  USER_STATUS_OFFLINE,
  USER_STATUS_ONLINE,
} from "../../proto/mod.ts";
import type { SessionRef } from "../../shared/client/requests/history.ts";
import { conversationOf, type Ledger } from "./ledger.ts";
import type { Observer, StoredMessage } from "./observer.ts";
import type { SimUser } from "./users/sim_user.ts";

/** Compares the tables with what was said and acknowledged. */
export function verifyStored(ledger: Ledger, observer: Observer): void {
  const stored = new Map<string, StoredMessage>();
  for (const conversation of observer.conversations()) {
    const messages = observer.messages(conversation);
    const places = new Map<string, number>();
    for (const [i, message] of messages.entries()) {
      const { msgId, fromId, text } = message;
      if (msgId !== i + 1) ledger.violated(`${conversation}: id ${msgId} in place ${i + 1}`);
      if (stored.has(text)) ledger.violated(`doubled: "${text}" is stored twice`);
      stored.set(text, message);
      const said = ledger.said.get(text);
      if (said === undefined || said.conversation !== conversation || said.author !== fromId) {
        ledger.violated(`${conversation}: "${text}" of ${fromId} was not said`);
        continue;
      }
      if (said.place < (places.get(said.login) ?? -1)) {
        ledger.violated(`order: "${text}" is too late`);
      }
      places.set(said.login, said.place);
    }
  }
  for (const { text, ackedId } of ledger.said.values()) {
    if (ackedId !== null && stored.get(text)?.msgId !== ackedId) {
      ledger.violated(`lost: "${text}" was acknowledged as ${ackedId}`);
    }
  }
}

/** Compares who is in the groups with what was acknowledged about it. */
export function verifyMembers(ledger: Ledger, observer: Observer): void {
  for (const groupId of ledger.groupIds) {
    const members = observer.members(groupId);
    if (new Set(members).size < members.length) {
      ledger.violated(`group ${groupId} has a member twice: ${members.join()}`);
    }
    for (const [userId, isIn] of ledger.membershipOf(groupId).sure) {
      if (members.includes(userId) === isIn) continue;
      ledger.violated(`user ${userId} is ${isIn ? "not " : ""}in group ${groupId}`);
    }
  }
}

/** Compares what a user is told with the tables: history and unread counters of all sessions. */
export async function verifyUser(
  user: SimUser,
  ledger: Ledger,
  observer: Observer,
): Promise<void> {
  const client = user.client!;
  const { unreadinfo_list: unread } = await client.unread();
  for (const session of user.sessions) {
    const { session_type: type, session_id: id } = session;
    // Who came and went has not seen everything.
    if (type === SESSION_TYPE_GROUP && !ledger.membershipOf(id).isSteady(user.id)) continue;
    const conversation = conversationOf(user.id, type, id);
    const messages = observer.messages(conversation);
    const told = (await client.messageList(session, { count: messages.length + 10 })).msg_list;
    const toldIds = told.map(({ msg_id }) => msg_id).reverse();
    if (toldIds.join() !== messages.map(({ msgId }) => msgId).join()) {
      ledger.violated(`history of ${conversation} for user ${user.id}: ${toldIds.join()}`);
    }
    const info = unread.find((one) => one.session_type === type && one.session_id === id);
    checkUnread({ user, conversation, session, count: info?.unread_cnt ?? 0 }, messages, ledger);
  }
}

function checkUnread(
  { user, conversation, session, count }: {
    readonly user: SimUser;
    readonly conversation: string;
    readonly session: SessionRef;
    readonly count: number;
  },
  messages: readonly StoredMessage[],
  ledger: Ledger,
): void {
  const ofOthers = messages.filter(({ fromId }) => fromId !== user.id).length;
  const most = session.session_type === SESSION_TYPE_GROUP ? messages.length : ofOthers;
  const isExact = session.session_type === SESSION_TYPE_SINGLE && !user.read.has(conversation);
  if (count > most || (isExact && count !== ofOthers)) {
    ledger.violated(`unread of ${conversation} for user ${user.id}: ${count} of ${ofOthers}`);
  }
}

/** Compares who is shown as online to a user with who is. */
export async function verifyPresence(
  asker: SimUser,
  users: readonly SimUser[],
  ledger: Ledger,
): Promise<void> {
  const { user_stat_list: stats } = await asker.client!.usersStatus(users.map(({ id }) => id));
  for (const { user_id, status } of stats) {
    const isOnline = users.some(({ id, process }) => id === user_id && process.isAlive);
    if (status === (isOnline ? USER_STATUS_ONLINE : USER_STATUS_OFFLINE)) continue;
    ledger.violated(`user ${user_id} is shown as ${status} to user ${asker.id}`);
  }
}
