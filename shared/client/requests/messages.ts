/**
 * Sending messages (docs/spec/flows.md 8, 9). Each resolves with the server's ack, which holds the
 * msg_id. A message that is refused gets no ack: it rejects with DeadlineError.
 */
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CID_SWITCH_P2P_CMD,
  IMMsgData,
  IMMsgDataAck,
  IMP2PCmdMsg,
  MSG_TYPE_GROUP_AUDIO,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_AUDIO,
  MSG_TYPE_SINGLE_TEXT,
  type MsgType,
  SESSION_TYPE_GROUP,
} from "../../../proto/mod.ts";
import { encodeText } from "../../text_cipher.ts";
import type { Requester } from "../exchange.ts";
import type { SessionRef } from "./history.ts";

export interface AudioMessage {
  readonly durationSec: number;
  /** Encoded sound. */
  readonly sound: Uint8Array;
}

export interface RawMessage {
  /** User or group, depending on the type. */
  readonly to_session_id: number;
  readonly msg_type: MsgType;
  readonly msg_data: Uint8Array;
}

export type MessageRequests = ReturnType<typeof messageRequests>;

export function messageRequests(client: Requester) {
  function sendMessage(message: RawMessage): Promise<IMMsgDataAck> {
    return client.request({
      id: CID_MSG_DATA,
      request: IMMsgData,
      replyId: CID_MSG_DATA_ACK,
      reply: IMMsgDataAck,
    }, { ...message, from_user_id: client.userId, msg_id: 0, create_time: 0 });
  }

  async function sendText(to: number, text: string, msg_type: MsgType): Promise<IMMsgDataAck> {
    const msg_data = encodeText(text, client.aesKey);
    return await sendMessage({ to_session_id: to, msg_type, msg_data });
  }

  return {
    /** Sends any type and data as they are. */
    sendMessage,
    /** Sends a text to a user. */
    sendText: (userId: number, text: string) => sendText(userId, text, MSG_TYPE_SINGLE_TEXT),
    /** Sends a text to a group. */
    groupText: (groupId: number, text: string) => sendText(groupId, text, MSG_TYPE_GROUP_TEXT),
    sendAudio: ({ session_type, session_id }: SessionRef, audio: AudioMessage) =>
      sendMessage({
        to_session_id: session_id,
        msg_type: session_type === SESSION_TYPE_GROUP
          ? MSG_TYPE_GROUP_AUDIO
          : MSG_TYPE_SINGLE_AUDIO,
        msg_data: audioData(audio),
      }),
    /** Opaque text to the terminals of a user who are online now. There is no answer. */
    p2pCommand: (userId: number, data: string): void =>
      client.notify(
        { id: CID_SWITCH_P2P_CMD, request: IMP2PCmdMsg },
        { from_user_id: client.userId, to_user_id: userId, cmd_msg_data: data },
      ),
  };
}

/** Duration in seconds as 32-bit big-endian, then the sound (docs/spec/wire.md 9). */
function audioData({ durationSec, sound }: AudioMessage): Uint8Array {
  const data = new Uint8Array(4 + sound.length);
  new DataView(data.buffer).setUint32(0, durationSec);
  data.set(sound, 4);
  return data;
}
