/** PDUs that go on to other msg_servers as the bytes that were received. */
import { isGroupMessage } from "../../../shared/message_class.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import { bodyOf, type FieldSpan, scanFields, uint32Value } from "../../../shared/pdu/mod.ts";
import type { RouteCaller } from "../context.ts";

/**
 * To every other link: CID_MSG_READ_NOTIFY, CID_GROUP_CHANGE_MEMBER_NOTIFY, CID_FILE_NOTIFY,
 * CID_BUDDY_LIST_REMOVE_SESSION_NOTIFY, CID_SWITCH_P2P_CMD and CID_OTHER_SERVER_KICK_USER.
 */
export function relayToOthers({ from, frame }: Call<RouteCaller>): void {
  from.context.links.sendToOthers(from, frame);
}

/** To every link, the sender's too: CID_BUDDY_LIST_SIGN_INFO_CHANGED_NOTIFY and its kind. */
export function relayToAll({ from, frame }: Call<RouteCaller>): void {
  from.context.links.sendToAll(frame);
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
