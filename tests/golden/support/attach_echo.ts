/**
 * attach_data between msg_server and its neighbours (docs/spec/wire.md 8). It holds the number of a
 * connection, which differs from run to run, or a message, and neighbours return it as it was sent.
 */
import {
  CID_GROUP_INFO_REQUEST,
  CID_OTHER_GET_DEVICE_TOKEN_REQ,
  CID_OTHER_GET_SHIELD_REQ,
  IMMsgData,
} from "../../../proto/mod.ts";
import { isAudioMessage } from "../../../shared/message_class.ts";
import {
  commandIdOf,
  decodeAttach,
  encodeDbAttach,
  encodePduAttach,
} from "../../../shared/pdu/mod.ts";
import { decodeFrame, withFields } from "./recording.ts";

const MASKED_HANDLE = 0;
/** With these the message goes along bare. */
const PUSH_QUERIES: readonly number[] = [CID_OTHER_GET_DEVICE_TOKEN_REQ, CID_OTHER_GET_SHIELD_REQ];

export class AttachEcho {
  /** What our msg_server sent, by what the original sent in its place. */
  readonly #sent = new Map<string, Uint8Array>();

  learn(recorded: Uint8Array, actual: Uint8Array): void {
    const [theirs, ours] = [attachOf(recorded), attachOf(actual)];
    if (theirs !== null && ours !== null) this.#sent.set(theirs.toHex(), new Uint8Array(ours));
  }

  /** The recorded answer with the attach_data of our own request. */
  returned(recorded: Uint8Array): Uint8Array {
    const ours = this.#sent.get(attachOf(recorded)?.toHex() ?? "");
    return ours === undefined ? recorded : withFields(recorded, { attach_data: ours });
  }

  /** The frame with a fixed connection number; without attach_data the very same frame. */
  static masked(frame: Uint8Array): Uint8Array {
    const bytes = attachOf(frame);
    if (bytes !== null && PUSH_QUERIES.includes(commandIdOf(frame))) {
      return withFields(frame, { attach_data: withoutSound(bytes) });
    }
    const attach = bytes === null ? null : decodeAttach(bytes);
    if (bytes === null || attach === null) return frame;
    const { type, pdu } = attach;
    const attach_data = bytes.length === 12
      ? encodeDbAttach(type, MASKED_HANDLE)
      : encodePduAttach(type, MASKED_HANDLE, pdu.length > 0 ? messageOnly(frame, pdu) : pdu);
    return withFields(frame, { attach_data });
  }
}

/**
 * With the query for the members of a group msg_server sends itself the message that waits for them.
 * The original's has attach_data in it and so leaks it to the members; ours has not (Q-ATT).
 */
function messageOnly(frame: Uint8Array, pdu: Uint8Array): Uint8Array {
  if (commandIdOf(frame) !== CID_GROUP_INFO_REQUEST) return pdu;
  return IMMsgData.encode({ ...IMMsgData.decode(pdu), attach_data: undefined });
}

/** For a push nobody needs the sound, which the original sends along (docs/spec/wire.md 8). */
function withoutSound(body: Uint8Array): Uint8Array {
  const message = { ...IMMsgData.decode(body), attach_data: undefined };
  const { msg_type, msg_data } = message;
  const kept = isAudioMessage(msg_type) ? new Uint8Array(0) : msg_data;
  return IMMsgData.encode({ ...message, msg_data: kept });
}

function attachOf(frame: Uint8Array): Uint8Array | null {
  const { attach_data } = decodeFrame(frame).message;
  return attach_data instanceof Uint8Array ? attach_data : null;
}
