/** What a message is, by its type (docs/spec/wire.md 6). */
import { MSG_TYPE_GROUP_AUDIO, MSG_TYPE_GROUP_TEXT, MSG_TYPE_SINGLE_AUDIO } from "../proto/ids.ts";

export function isGroupMessage(msgType: number): boolean {
  return msgType === MSG_TYPE_GROUP_TEXT || msgType === MSG_TYPE_GROUP_AUDIO;
}

export function isAudioMessage(msgType: number): boolean {
  return msgType === MSG_TYPE_SINGLE_AUDIO || msgType === MSG_TYPE_GROUP_AUDIO;
}
