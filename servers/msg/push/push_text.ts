/** What a phone shows of a message that it has not fetched (docs/spec/flows.md 18). */
import type { IMMsgData } from "../../../proto/mod.ts";
import { isAudioMessage, isGroupMessage } from "../../../shared/message_class.ts";
import { decodeText } from "../../../shared/text_cipher.ts";

/** Longest alert in bytes of UTF-8, before the dots that say there is more. */
export const MAX_ALERT_BYTES = 37;
const MORE = "...";
/** For pictures, and for authors whose name is not known. */
const GENERIC_ALERT = "您收到了一条消息";
const SINGLE_SOUND = "给您发送了一条语音消息";
const GROUP_SOUND = "在群聊中发送了一条语音消息";
/** Around the URL of a picture in a text (docs/spec/wire.md 9). */
const PICTURE_START = "&$#@~^@[{:";
const PICTURE_END = ":}]&$~@#@";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Texts of IMPushToUserReq. */
export interface PushText {
  readonly flash: string;
  /** JSON for the client: whose message, of which kind, in which group. */
  readonly data: string;
}

export interface PushTextOptions {
  /** Of the author; `null` when it is not known. */
  readonly nick: string | null;
  readonly aesKey: string;
}

/** `null` for a text that cannot be read, of which nothing is pushed. */
export function pushText(message: IMMsgData, options: PushTextOptions): PushText | null {
  const flash = alertOf(message, options);
  return flash === null ? null : { flash, data: dataOf(message) };
}

function alertOf(message: IMMsgData, { nick, aesKey }: PushTextOptions): string | null {
  const hasName = nick !== null && nick !== "";
  if (isAudioMessage(message.msg_type)) {
    const what = isGroupMessage(message.msg_type) ? GROUP_SOUND : SINGLE_SOUND;
    return hasName ? shortened(nick + what) : GENERIC_ALERT;
  }
  const text = decodeText(message.msg_data, aesKey);
  if (text === null) return null;
  return hasName && !hasPicture(text) ? shortened(`${nick}:${text}`) : GENERIC_ALERT;
}

function hasPicture(text: string): boolean {
  const start = text.indexOf(PICTURE_START);
  return start !== -1 && text.indexOf(PICTURE_END, start) !== -1;
}

/** Cut between two characters, where the original cut inside one (docs/spec/pitfalls.md P-PUSH3). */
function shortened(alert: string): string {
  const bytes = encoder.encode(alert);
  if (bytes.length <= MAX_ALERT_BYTES) return alert;
  let end = MAX_ALERT_BYTES;
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return decoder.decode(bytes.subarray(0, end)) + MORE;
}

function dataOf({ from_user_id, to_session_id, msg_type }: IMMsgData): string {
  return JSON.stringify({
    from_id: from_user_id,
    msg_type,
    ...(isGroupMessage(msg_type) ? { group_id: to_session_id } : {}),
  });
}
