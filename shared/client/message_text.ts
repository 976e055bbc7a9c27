import { MSG_TYPE_GROUP_TEXT, MSG_TYPE_SINGLE_TEXT, type MsgType } from "../../proto/mod.ts";
import { decodeText, DEFAULT_CLIENT_AES_KEY } from "../text_cipher.ts";

/** The text of a message, or `null` for audio and for data that is not text in this key. */
export function textOf(
  message: { readonly msg_type: MsgType; readonly msg_data: Uint8Array },
  aesKey = DEFAULT_CLIENT_AES_KEY,
): string | null {
  const isText = message.msg_type === MSG_TYPE_SINGLE_TEXT ||
    message.msg_type === MSG_TYPE_GROUP_TEXT;
  return isText ? decodeText(message.msg_data, aesKey) : null;
}
