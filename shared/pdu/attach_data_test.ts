import assert from "node:assert/strict";
import fc from "fast-check";
import {
  ATTACH_TYPE_HANDLE,
  ATTACH_TYPE_HANDLE_AND_PDU,
  decodeAttach,
  encodeDbAttach,
  encodePduAttach,
} from "./mod.ts";

const uint32 = fc.nat({ max: 0xffffffff });
const pdu = fc.uint8Array({ maxLength: 300 });

Deno.test("encodeDbAttach() gives the bytes of docs/spec/wire.md 11: type 1, handle 15", () => {
  assert.equal(encodeDbAttach(ATTACH_TYPE_HANDLE, 15).toHex(), "000000010000000f00000000");
});

Deno.test("encodePduAttach() puts the length and the body after the 12 bytes", () => {
  const bytes = encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU, 0xfffffffe, Uint8Array.of(8, 1));
  assert.equal(bytes.toHex(), "00000003fffffffe00000000000000020801");
});

Deno.test("decodeAttach() reads both layouts back", () => {
  fc.assert(fc.property(uint32, uint32, pdu, (type, handle, body) => {
    const short = decodeAttach(encodeDbAttach(type, handle));
    assert.deepEqual(short, { type, handle, pdu: new Uint8Array(0) });
    const long = decodeAttach(encodePduAttach(type, handle, body));
    assert.deepEqual(long, { type, handle, pdu: body });
  }));
});

Deno.test("decodeAttach() is null for a payload that is cut off or too long", () => {
  const whole = encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU, 7, new Uint8Array(20).fill(1));
  for (let length = 0; length < whole.length; length++) {
    if (length === 12) continue; // The short layout: the first 12 bytes are the same.
    assert.equal(decodeAttach(whole.subarray(0, length)), null, `${length} bytes`);
  }
  assert.equal(decodeAttach(Uint8Array.of(...whole, 0)), null);
});

Deno.test("decodeAttach() is null for a length that would wrap around", () => {
  for (const length of [0xffffffff, 0xfffffff0, 0x80000000]) {
    const bytes = encodePduAttach(1, 7, new Uint8Array(0));
    new DataView(bytes.buffer).setUint32(12, length);
    assert.equal(decodeAttach(bytes), null);
  }
});

Deno.test("decodeAttach() reads a view that does not begin at offset 0", () => {
  const inner = encodePduAttach(5, 9, Uint8Array.of(1, 2, 3));
  const outer = Uint8Array.of(0xee, ...inner, 0xee);
  const decoded = decodeAttach(outer.subarray(1, 1 + inner.length));
  assert.deepEqual(decoded, { type: 5, handle: 9, pdu: Uint8Array.of(1, 2, 3) });
});
