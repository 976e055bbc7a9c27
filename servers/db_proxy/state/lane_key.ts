/**
 * Which tasks must meet in one worker: those of one user, the files that wait for him among them,
 * the messages of one conversation, and the password checks for one name. And which take turns when
 * there is more to do than can be done: those of one user, and the logins for one name. Both keys are
 * read from the frame without decoding it; a body that cannot be read gets some key, as only the
 * decoder may judge it.
 */
import {
  CID_FILE_ADD_OFFLINE_REQ,
  CID_FILE_DEL_OFFLINE_REQ,
  CID_MSG_DATA,
  CID_OTHER_VALIDATE_REQ,
} from "../../../proto/ids.ts";
import { groupConversationKey, pairKey } from "../../../shared/conversation_key.ts";
import { isGroupMessage } from "../../../shared/message_class.ts";
import { bodyOf, commandIdOf } from "../../../shared/pdu/mod.ts";
import { FieldError, type FieldSpan, scanFields, uint32Value } from "../../../shared/pdu/fields.ts";
import { receiverIdOf, userIdOf } from "./user_key.ts";

/** Fields of IMMsgData and IMValidateReq (docs/spec/wire.md 7). */
const FROM_USER_ID = 1;
const TO_SESSION_ID = 2;
const MSG_TYPE = 5;
const USER_NAME = 1;
const NO_KEY = 0;

/** Of their receiver, as `receiverOrderedCommands` has them. */
const OF_RECEIVER: readonly number[] = [CID_FILE_ADD_OFFLINE_REQ, CID_FILE_DEL_OFFLINE_REQ];

/** A whole number from 0; tasks with the same one must meet. */
export function laneKeyOf(frame: Uint8Array): number {
  if (commandIdOf(frame) !== CID_MSG_DATA) return turnKeyOf(frame);
  return readable(() => conversationKey(bodyOf(frame)));
}

/** A whole number from 0; tasks with the same one stay in order and take turns with the others. */
export function turnKeyOf(frame: Uint8Array): number {
  const id = commandIdOf(frame);
  if (id === CID_OTHER_VALIDATE_REQ) return readable(() => nameKey(bodyOf(frame)));
  return OF_RECEIVER.includes(id) ? receiverIdOf(frame) : userIdOf(frame);
}

function readable(read: () => number): number {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return NO_KEY;
  }
}

/** The group, or both users of a pair, whoever of them writes. */
function conversationKey(body: Uint8Array): number {
  const values = new Map<number, number>();
  scanFields(body, (field) => {
    if (field.number <= MSG_TYPE && field.wireType === 0) {
      values.set(field.number, uint32Value(body, field));
    }
  });
  const from = values.get(FROM_USER_ID) ?? 0;
  const to = values.get(TO_SESSION_ID) ?? 0;
  if (isGroupMessage(values.get(MSG_TYPE) ?? 0)) return groupConversationKey(to);
  return pairKey(from, to);
}

/** Failed logins are counted in the worker that checks the name. */
function nameKey(body: Uint8Array): number {
  let name: FieldSpan | null = null;
  scanFields(body, (field) => {
    if (field.number === USER_NAME && field.wireType === 2) name = field;
  });
  return name === null ? NO_KEY : hashOf(body, name);
}

function hashOf(body: Uint8Array, { valueStart, end }: FieldSpan): number {
  let hash = 0;
  for (let i = valueStart; i < end; i++) hash = (Math.imul(hash, 31) + body[i]!) >>> 0;
  return hash;
}
