/** Data to lines of text. Everything that others wrote goes through `escape.ts` here. */
import { MSG_TYPE_GROUP_AUDIO, MSG_TYPE_SINGLE_AUDIO, type MsgType } from "../../../proto/mod.ts";
import { textOf } from "../mod.ts";
import { escapeLine, escapeText } from "./escape.ts";
import type { Style } from "./style.ts";

/** Marks that clients put around the URL of a picture (docs/spec/wire.md 9). */
const IMAGE = /&\$#@~\^@\[\{:(.*?):\}\]&\$~@#@/gs;
/** Characters that take two columns: Chinese, Japanese, Korean, full-width forms, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** `12:30` today, `Nov 20 12:30` this year, `2025-11-20 12:30` before; local time. */
export function formatTime(sec: number, nowMs: number): string {
  const time = new Date(sec * 1000);
  const now = new Date(nowMs);
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  if (time.getFullYear() !== now.getFullYear()) {
    return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock}`;
  }
  if (time.getMonth() === now.getMonth() && time.getDate() === now.getDate()) return clock;
  const month = time.toLocaleString("en-US", { month: "short" });
  return `${month} ${two(time.getDate())} ${clock}`;
}

export interface ShownMessage {
  readonly time: string;
  readonly author: string;
  /** Set for a message of a conversation that is not open. */
  readonly elsewhere?: string;
  readonly body: string;
}

/** `12:30 ann: text`, or `12:30 [#team] ann: text`; further lines are indented. */
export function formatMessage(message: ShownMessage, style: Style, isOwn: boolean): string {
  const author = isOwn ? style.own(message.author) : style.name(message.author);
  const where = message.elsewhere === undefined ? "" : style.alert(`[${message.elsewhere}] `);
  const body = message.body.replaceAll("\n", "\n      | ");
  return `${style.dim(message.time)} ${where}${author}: ${body}`;
}

/** What a message says, ready to print. */
export function formatBody(message: { msg_type: MsgType; msg_data: Uint8Array }): string {
  const { msg_type, msg_data } = message;
  if (msg_type === MSG_TYPE_SINGLE_AUDIO || msg_type === MSG_TYPE_GROUP_AUDIO) {
    return msg_data.length < 4 ? "[audio]" : `[audio, ${audioSec(msg_data)} s]`;
  }
  const text = textOf(message);
  return text === null ? "[unreadable message]" : formatText(text);
}

/** Text of others, with pictures as `[picture URL]`. */
export function formatText(text: string): string {
  return escapeText(text.replace(IMAGE, (_marks, url: string) => `[picture ${url.trim()}]`));
}

/** The first line of a body, cut to `columns`. */
export function firstLine(body: string, columns: number): string {
  const line = body.split("\n", 1)[0]!;
  let width = 0;
  let end = 0;
  for (const one of line) {
    width += displayWidth(one);
    if (width > columns) return `${line.slice(0, end)}…`;
    end += one.length;
  }
  return line;
}

/** Columns that text without control characters takes, well enough to align names. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const one of text) width += WIDE.test(one) ? 2 : 1;
  return width;
}

/** A name of a user or group, on one line. */
export function formatName(name: string): string {
  return escapeLine(name);
}

function audioSec(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
}

function two(value: number): string {
  return `${value}`.padStart(2, "0");
}
