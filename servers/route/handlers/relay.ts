/** PDUs that go on to other msg_servers as the bytes that were received. */
import { type IMServerKickUser, KICK_REASON_DUPLICATE_USER } from "../../../proto/mod.ts";
import { isGroupMessage } from "../../../shared/message_class.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import { bodyOf, type FieldSpan, scanFields, uint32Value } from "../../../shared/pdu/mod.ts";
import type { RouteCaller } from "../context.ts";

/**
 * To every other link: CID_MSG_READ_NOTIFY, CID_GROUP_CHANGE_MEMBER_NOTIFY, CID_FILE_NOTIFY,
 * CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY and CID_SWITCH_P2P_CMD.
 */
export function relayToOthers({ from, frame }: Call<RouteCaller>): void {
  from.context.links.sendToOthers(from, frame);
}

/** To every link, the sender's too: CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY and its kind. */
export function relayToAll({ from, frame }: Call<RouteCaller>): void {
  from.context.links.sendToAll(frame);
}

/**
 * A kick. That of a login goes only where the user has logged in before, and to links whose users are
 * not known yet: of two logins at the same moment on two msg_servers, each of which has the other's
 * kick coming, the one that is told of last stays (P-RT6). A msg_server tells of a login with a kick
 * and then as online, and others may get in between; so the kick alone counts as logged in, too.
 *
 * While some msg_server uses another route_server the order here is not that of all kicks: then
 * every kick goes to everybody, as one that no login is the reason for does.
 */
export function relayKick({ from, frame }: Call<RouteCaller>, kick: IMServerKickUser): null {
  const { links, presence } = from.context;
  const { user_id: userId, reason } = kick;
  const isLogin = reason === KICK_REASON_DUPLICATE_USER && !from.isObserver;
  if (isLogin) from.loggingInId = userId;
  if (!isLogin || links.hasSlave) {
    links.sendToOthers(from, frame);
    return null;
  }
  for (const caller of links) {
    if (caller === from || caller.isObserver) continue;
    const isIn = presence.isOn(caller, userId) || caller.loggingInId === userId;
    if (isIn || !caller.isKnown) caller.link.send(frame);
  }
  return null;
}

/**
 * A message of a single chat goes only where its author or its receiver is logged in, on a PC or a
 * mobile (P-LIM7), and to links whose users are not known yet. When neither of the two is known
 * anywhere the table may be behind: the message goes to everybody, like a message to a group.
 */
export function relayMessage({ from, frame }: Call<RouteCaller>): void {
  const { links, presence } = from.context;
  const { authorId, receiverId, isSingle } = readAddressees(bodyOf(frame));
  if (!isSingle || !(presence.has(authorId) || presence.has(receiverId))) {
    links.sendToOthers(from, frame);
    return;
  }
  for (const caller of links) {
    if (caller === from || caller.isObserver) continue;
    if (!caller.isKnown || presence.isOn(caller, authorId) || presence.isOn(caller, receiverId)) {
      caller.link.send(frame);
    }
  }
}

interface Addressees {
  authorId: number;
  receiverId: number;
  isSingle: boolean;
}

/** Field numbers of IMMsgData. */
const FROM_USER_ID = 1;
const TO_SESSION_ID = 2;
const MSG_TYPE = 5;

/** Reads three fields of IMMsgData without decoding it. @throws {FieldError} for a malformed body */
function readAddressees(body: Uint8Array): Addressees {
  const found: Addressees = { authorId: 0, receiverId: 0, isSingle: false };
  scanFields(body, (field) => readAddressee(body, field, found));
  return found;
}

function readAddressee(body: Uint8Array, field: FieldSpan, found: Addressees): void {
  if (field.wireType !== 0) return;
  if (field.number === FROM_USER_ID) found.authorId = uint32Value(body, field);
  else if (field.number === TO_SESSION_ID) found.receiverId = uint32Value(body, field);
  else if (field.number === MSG_TYPE) found.isSingle = !isGroupMessage(uint32Value(body, field));
}
