import assert from "node:assert/strict";
import { COMMANDS, MESSAGES } from "./mod.ts";
import { specFrames } from "./test_support/wire_spec.ts";

const HEADER_BYTES = 16;
const golden = `${import.meta.dirname}/../tests/golden`;

interface Recorded {
  readonly cmd: string;
  readonly hex: string;
  readonly decoded: { readonly type: string; readonly msg: object };
}

for (const { what, frame } of specFrames()) {
  Deno.test(`docs/spec/wire.md 11 decodes and encodes again: ${what}`, () => {
    decodeAndEncodeAgain(frame);
  });
}

for (const name of [...recordings(""), ...recordings("internal/")]) {
  Deno.test(`tests/golden/${name} decodes and encodes again`, () => {
    const entries: Recorded[] = JSON.parse(Deno.readTextFileSync(`${golden}/${name}`));
    for (const { cmd, hex, decoded } of entries) {
      if (cmd === "HTTP") continue;
      const frame = Uint8Array.fromHex(hex);
      if (lacksUserId(cmd, frame)) {
        assert.throws(() => decodeAndEncodeAgain(frame), /missing required 'user_id'$/);
        continue;
      }
      const { type, message } = decodeAndEncodeAgain(frame);
      assert.equal(type, decoded.type);
      assertAsRecorded(message, decoded.msg, type);
    }
  });
}

/** Names of the recordings in a folder below tests/golden. */
function recordings(folder: string): string[] {
  return Array.from(Deno.readDirSync(`${golden}/${folder}`), ({ name }) => folder + name)
    .filter((name) => name.endsWith(".json") && name !== "fixture.json");
}

/** The original msg_server sends this answer with an empty body: docs/spec/wire.md 7.2. */
function lacksUserId(cmd: string, frame: Uint8Array): boolean {
  return cmd === "0x0109 CID_LOGIN_RES_DEVICETOKEN" && frame.length === HEADER_BYTES;
}

function decodeAndEncodeAgain(frame: Uint8Array): { type: string; message: object } {
  const header = new DataView(frame.buffer, frame.byteOffset, HEADER_BYTES);
  assert.equal(header.getUint32(0), frame.length);
  const command = COMMANDS.get(header.getUint16(10));
  const codec = MESSAGES.get(command?.message ?? "");
  assert.ok(command && codec);
  const body = frame.subarray(HEADER_BYTES);
  const message = codec.decode(body);
  assert.deepEqual(new Uint8Array(codec.encode(message)), new Uint8Array(body));
  return { type: command.message, message };
}

/** Recordings show bytes as text where that is possible, else as `{ hex }`. */
function assertAsRecorded(actual: unknown, recorded: unknown, path: string): void {
  if (actual instanceof Uint8Array) {
    const text = new TextDecoder().decode(actual);
    const expected = typeof recorded === "string" ? text : { hex: actual.toHex() };
    assert.deepEqual(expected, recorded, path);
  } else if (isRecord(actual) && isRecord(recorded)) {
    for (const name of new Set([...Object.keys(actual), ...Object.keys(recorded)])) {
      const value = actual[name];
      // An empty list leaves no bytes, so recordings do not show it.
      if (Array.isArray(value) && value.length === 0 && !(name in recorded)) continue;
      assertAsRecorded(value, recorded[name], `${path}.${name}`);
    }
  } else {
    assert.equal(actual, recorded, path);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
