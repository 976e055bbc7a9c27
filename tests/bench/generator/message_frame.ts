/**
 * The messages of a benchmark. Their text says who sent which one when, in fixed places, so that a
 * frame is made by copying a template and writing digits into it:
 *
 *     TTB1 <run, 8 hex digits> <sender, 8> <number, 8> <time in µs, 12> x x x …
 */
import { Buffer } from "node:buffer";
import { CID_MSG_DATA, IMMsgData, type MsgType } from "../../../proto/mod.ts";
import { bodyOf, buildFrame } from "../../../shared/pdu/mod.ts";

/** What `msg_data` of a short text takes, encrypted and in base64. */
const TEXT_BYTES = 128;
const MARK = "TTB1";
const RUN = { at: 4, digits: 8 };
const SENDER = { at: 12, digits: 8 };
const NUMBER = { at: 20, digits: 8 };
const TIME = { at: 28, digits: 12 };

export interface Stamp {
  readonly runId: number;
  readonly senderId: number;
  readonly number: number;
  /** When it was sent, or should have been, in microseconds of this process. */
  readonly timeUs: number;
}

/** Microseconds since this process began. */
export function nowUs(): number {
  return performance.now() * 1000;
}

export class MessageTemplate {
  readonly #frame: Uint8Array;
  readonly #textAt: number;

  constructor(
    { runId, senderId, toId, type }: {
      readonly runId: number;
      readonly senderId: number;
      readonly toId: number;
      readonly type: MsgType;
    },
  ) {
    const text = new Uint8Array(TEXT_BYTES).fill("x".charCodeAt(0));
    new TextEncoder().encodeInto(MARK, text);
    writeHex(text, RUN, runId);
    writeHex(text, SENDER, senderId);
    const body = IMMsgData.encode({
      from_user_id: senderId,
      to_session_id: toId,
      msg_id: 0,
      create_time: 0,
      msg_type: type,
      msg_data: text,
    });
    this.#frame = buildFrame(CID_MSG_DATA, 0, body);
    // msg_data has the highest field number, so it ends the frame.
    this.#textAt = this.#frame.length - TEXT_BYTES;
  }

  /** The lower 16 bits of the number become the PDU's seq_num. */
  frame(number: number, timeUs: number): Uint8Array {
    const frame = Buffer.from(this.#frame);
    frame[12] = number >>> 8;
    frame[13] = number;
    const text = frame.subarray(this.#textAt);
    writeHex(text, NUMBER, number);
    writeHex(text, TIME, Math.floor(timeUs));
    return frame;
  }
}

/** Reads a delivered message; `null` when it is not one of ours. */
export function readStamp(frame: Uint8Array): Stamp | null {
  const text = IMMsgData.decode(bodyOf(frame)).msg_data;
  if (text.length !== TEXT_BYTES) return null;
  for (let i = 0; i < MARK.length; i++) if (text[i] !== MARK.charCodeAt(i)) return null;
  return {
    runId: readHex(text, RUN),
    senderId: readHex(text, SENDER),
    number: readHex(text, NUMBER),
    timeUs: readHex(text, TIME),
  };
}

interface Place {
  readonly at: number;
  readonly digits: number;
}

const HEX = new TextEncoder().encode("0123456789abcdef");

function writeHex(text: Uint8Array, { at, digits }: Place, value: number): void {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    text[i] = HEX[rest % 16]!;
    rest = Math.floor(rest / 16);
  }
}

function readHex(text: Uint8Array, { at, digits }: Place): number {
  let value = 0;
  for (let i = at; i < at + digits; i++) {
    const char = text[i]!;
    value = value * 16 + (char < 58 ? char - 48 : char - 87);
  }
  return value;
}
