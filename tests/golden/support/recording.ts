/** Reading the recorded conversations (README.md) and changing single fields of a frame. */
import assert from "node:assert/strict";
import { CID_OTHER_HEARTBEAT, COMMANDS, MESSAGES } from "../../../proto/mod.ts";
import { bodyOf, buildFrame, commandIdOf, HEADER_SIZE } from "../../../shared/pdu/mod.ts";

export interface Recorded {
  /** `c2s` or `s2c`; between servers `->db_proxy`, `<-route` and the like. */
  readonly direction: string;
  /** The client connection, like `user2-android`; empty between servers. */
  readonly who: string;
  /** The whole frame, or an HTTP message. */
  readonly bytes: Uint8Array;
}

/** @param name for example `login_ok` or `internal/login_ok` */
export function readRecording(name: string): readonly Recorded[] {
  const text = Deno.readTextFileSync(new URL(`../${name}.json`, import.meta.url));
  const entries = JSON.parse(text) as { direction: string; who?: string; hex: string }[];
  return entries.map(({ direction, who = "", hex }) => ({
    direction,
    who,
    bytes: Uint8Array.fromHex(hex),
  }));
}

/** Names of all recordings in a folder, `internal/` or the one of the client side. */
export function recordingNames(folder: "" | "internal/"): readonly string[] {
  return Array.from(Deno.readDirSync(new URL(`../${folder}`, import.meta.url)), ({ name }) => name)
    .filter((name) => name.endsWith(".json") && name !== "fixture.json")
    .map((name) => name.replace(".json", ""))
    .sort();
}

/** The server clock at the time of an answer: the `server_time` or `create_time` in it, if any. */
export function timeIn({ bytes }: Recorded): number | null {
  const { message } = decodeFrame(bytes);
  const time = message["server_time"] ?? message["create_time"] ?? 0;
  return typeof time === "number" && time > 0 ? time : null;
}

/** The server clock when the request at `index` was handled, if the answers to it tell. */
export function timeOfRequest(frames: readonly Recorded[], index: number): number | null {
  for (const frame of frames.slice(index + 1)) {
    if (frame.direction === "c2s") break;
    const time = timeIn(frame);
    if (time !== null) return time;
  }
  return null;
}

export function decodeFrame(frame: Uint8Array) {
  const command = COMMANDS.get(commandIdOf(frame));
  const codec = MESSAGES.get(command?.message ?? "");
  assert.ok(codec, `unknown command ${commandIdOf(frame)}`);
  return { codec, message: codec.decode(bodyOf(frame)) as Record<string, unknown> };
}

/** The frame with some fields set, or left out when `undefined`; the header stays as it is. */
export function withFields(frame: Uint8Array, fields: Record<string, unknown>): Uint8Array {
  const { codec, message } = decodeFrame(frame);
  const changed = buildFrame(
    commandIdOf(frame),
    0,
    codec.encode(Object.assign(message, fields)),
  );
  // All of the header but the length.
  changed.set(frame.subarray(4, HEADER_SIZE), 4);
  return changed;
}

/** Keeps the first of equal frames to the same receiver. */
export function withoutRepeats(frames: readonly Recorded[]): readonly Recorded[] {
  const seen = new Set<string>();
  return frames.filter(({ direction, who, bytes }) => {
    const key = `${direction} ${who} ${bytes.toHex()}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Equal byte for byte; a failure shows both frames in words first. */
export function assertSameFrame(actual: Uint8Array, expected: Uint8Array, where: string): void {
  if (actual.toHex() === expected.toHex()) return;
  assert.deepEqual(inWords(actual), inWords(expected), where);
  assert.equal(actual.toHex(), expected.toHex(), where);
}

function inWords(frame: Uint8Array): Record<string, unknown> {
  const command = COMMANDS.get(commandIdOf(frame))?.name ?? commandIdOf(frame);
  const header = frame.subarray(0, HEADER_SIZE).toHex();
  if (commandIdOf(frame) === CID_OTHER_HEARTBEAT) return { command, header };
  return { command, header, message: JSON.stringify(decodeFrame(frame).message, showBytes) };
}

function showBytes(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? new Uint8Array(value).toHex() : value;
}
