/** Messages from clients to storage and from there to everybody (docs/spec/flows.md 8 to 10). */
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CID_MSG_READ_ACK,
  CID_MSG_READ_NOTIFY,
  type IMClientTimeReq,
  type IMClientTimeRspInit,
  IMMsgData,
  IMMsgDataAck,
  IMMsgDataReadAck,
  IMMsgDataReadNotify,
  SESSION_TYPE_GROUP,
  SESSION_TYPE_SINGLE,
} from "../../../proto/mod.ts";
import { groupConversationKey, pairKey } from "../../../shared/conversation_key.ts";
import { isGroupMessage } from "../../../shared/message_class.ts";
import { nowSec } from "../../../shared/clock.ts";
import { isStorableMessage } from "../../../shared/message_limits.ts";
import {
  ATTACH_TYPE_HANDLE,
  buildFrame,
  decodeAttach,
  encodeDbAttach,
} from "../../../shared/pdu/mod.ts";
import { deliverTo } from "../delivery.ts";
import type { ClientCall, MsgServices, PeerCall } from "../services.ts";
import type { ClientConn } from "../state/client_conn.ts";
import type { GroupMessage, MembersAnswer } from "../state/group_fan_out.ts";

/** Ids of messages that were not stored: ours, and what an original db_proxy answers (P-MSG2). */
const NOT_STORED = 0;
const REDIS_FAILED = 0xffff_ffff;

/**
 * CID_MSG_DATA from a client: hands the message to db_proxy, as sent by the logged-in user now. The
 * ack follows in {@link messageStored}. What cannot be stored gets none (docs/spec/pitfalls.md,
 * part 3).
 */
export function messageFromClient(call: ClientCall, message: IMMsgData): null {
  const { from: conn, seqNum } = call;
  const { services, userId } = conn;
  if (!isStorableMessage(message.msg_type, message.msg_data)) return null;
  if (!isGroupMessage(message.msg_type) && message.to_session_id === userId) return null;
  message.from_user_id = userId;
  message.create_time = nowSec(services.clock);
  message.attach_data = encodeDbAttach(ATTACH_TYPE_HANDLE, conn.id);
  const frame = buildFrame(CID_MSG_DATA, seqNum, IMMsgData.encode(message));
  if (services.db.sendInOrder(conversationKey(message), frame, "message")) {
    services.unanswered.add();
  }
  return null;
}

/**
 * CID_MSG_DATA from db_proxy: the message is stored. First the ack to its author, then the relay,
 * then delivery (docs/spec/pitfalls.md Q-ACK). Id 0 means that it was not stored: no ack.
 */
export function messageStored(call: PeerCall, message: IMMsgData): null {
  const { services, peer } = call.from;
  services.db.answered(conversationKey(message), peer);
  if (message.msg_id === NOT_STORED || message.msg_id === REDIS_FAILED) return null;
  services.counters.messages++;
  const author = authorConn(services, message);
  author?.reply(buildFrame(
    CID_MSG_DATA_ACK,
    call.seqNum,
    IMMsgDataAck.encode({
      user_id: message.from_user_id,
      session_id: message.to_session_id,
      msg_id: message.msg_id,
      session_type: isGroupMessage(message.msg_type) ? SESSION_TYPE_GROUP : SESSION_TYPE_SINGLE,
    }),
  ));
  services.routes.send(call.frame);
  deliverMessage(services, message, { origin: "client", handle: author?.id ?? 0 });
  return null;
}

/** CID_MSG_DATA from route_server: a message that another msg_server accepted. */
export function messageRelayed(call: PeerCall, message: IMMsgData): null {
  deliverMessage(call.from.services, message, { origin: "route", handle: 0 });
  return null;
}

/** CID_GROUP_INFO_RESPONSE to a query of our own: delivers the messages that waited for it. */
export function membersArrived(services: MsgServices, answer: MembersAnswer): void {
  const { groupFanOut, pushes } = services;
  const members = new Set(answer.members);
  const messages = groupFanOut.answered(answer).filter(({ authorId }) => members.has(authorId));
  for (const message of messages) {
    const frame = buildFrame(CID_MSG_DATA, 0, message.body);
    for (const userId of members) {
      for (const conn of services.users.connsOf(userId)) {
        if (conn.id === message.handle) continue;
        conn.link.send(frame);
        services.counters.deliveries++;
      }
    }
  }
  if (!pushes.isOn) return;
  // Others are pushed by the msg_server that they came from (docs/spec/pitfalls.md P-PUSH1).
  const ours = messages.filter(({ origin }) => origin === "client");
  pushes.add({ receivers: members, messages: ours.map(({ body }) => IMMsgData.decode(body)) });
}

/**
 * CID_MSG_READ_ACK: db_proxy clears the unread counter, and the reader's other terminals are told
 * (docs/spec/pitfalls.md Q-READ).
 */
export function messageRead(call: ClientCall, request: IMMsgDataReadAck): null {
  const { from: conn, seqNum } = call;
  const { db, users, routes } = conn.services;
  request.user_id = conn.userId;
  const frame = buildFrame(CID_MSG_READ_ACK, seqNum, IMMsgDataReadAck.encode(request));
  db.sendInOrder(conn.userId, frame, "notice");
  const notify = buildFrame(CID_MSG_READ_NOTIFY, 0, IMMsgDataReadNotify.encode(request));
  deliverTo(users, conn.userId, notify, conn);
  routes.send(notify);
  return null;
}

/** CID_MSG_READ_NOTIFY from route_server: to all terminals of the reader here. */
export function readNotifyRelayed(call: PeerCall, notify: IMMsgDataReadNotify): null {
  deliverTo(call.from.services.users, notify.user_id, call.frame);
  return null;
}

/** CID_MSG_DATA_ACK from a client says "delivered"; the original only counts it. */
export function messageDelivered(_call: ClientCall, _ack: IMMsgDataAck): null {
  return null;
}

/** CID_MSG_TIME_REQUEST, answered by CID_MSG_TIME_RESPONSE: the server's clock. */
export function serverTime(call: ClientCall, _request: IMClientTimeReq): IMClientTimeRspInit {
  return { server_time: nowSec(call.from.services.clock) };
}

/**
 * Delivers a stored message here; `handle` is the connection it came from and does not get it. Who
 * may not see it at once gets a push, from the msg_server that it came from (docs/spec/pitfalls.md
 * P-PUSH1).
 */
function deliverMessage(
  services: MsgServices,
  message: IMMsgData,
  { origin, handle }: Pick<GroupMessage, "origin" | "handle">,
): void {
  const { from_user_id: authorId, to_session_id: toId } = message;
  // attach_data is between servers; clients do not see it (docs/spec/pitfalls.md Q-ATT).
  const body = IMMsgData.encode({ ...message, attach_data: undefined });
  if (isGroupMessage(message.msg_type)) {
    const { msg_id: msgId } = message;
    services.groupFanOut.add({ origin, authorId, groupId: toId, msgId, handle, body });
    return;
  }
  const frame = buildFrame(CID_MSG_DATA, 0, body);
  const { counters, users } = services;
  counters.deliveries += deliverTo(users, authorId, frame, services.conns.get(handle) ?? null);
  if (toId !== authorId) counters.deliveries += deliverTo(users, toId, frame);
  if (origin === "client" && services.pushes.isOn) {
    services.pushes.add({ receivers: new Set([toId]), messages: [message] });
  }
}

/** The connection a message came from, if its author still has it. */
function authorConn(services: MsgServices, message: IMMsgData): ClientConn | null {
  const attach = decodeAttach(message.attach_data ?? new Uint8Array(0));
  const conn = attach === null ? undefined : services.conns.get(attach.handle);
  return conn?.state === "online" && conn.userId === message.from_user_id ? conn : null;
}

/** The same for all messages of one conversation: messages with equal keys stay in order. */
function conversationKey(message: IMMsgData): number {
  const { from_user_id: fromId, to_session_id: toId } = message;
  return isGroupMessage(message.msg_type) ? groupConversationKey(toId) : pairKey(fromId, toId);
}
