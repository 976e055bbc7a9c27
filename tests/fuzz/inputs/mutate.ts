/** Turns bytes into other bytes, most of them nearly as good. */
import { Buffer } from "node:buffer";
import { type Random, randomInt } from "../../../shared/random.ts";
import { chance, noise, pick, shortLength } from "./pick.ts";

/** The longest piece that is put in at once, in bytes. */
const MAX_PIECE = 4096;

/** Numbers at which programs break, as 32 bits of a header. */
const LENGTHS: readonly number[] = [
  ...[0, 1, 15, 16, 17, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x10000, 0x10001],
  ...[0x100000, 0x100001, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff],
];

/** Varints at the edges of 7, 14, 28, 31, 32, 63 and 64 bits, with padding, and without an end. */
export const VARINTS: readonly Uint8Array[] = [
  ...["00", "01", "7f", "8001", "ff7f", "808001", "ffffff7f", "8080808001", "ffffffff07"],
  ...["8080808008", "ffffffff0f", "8080808010", "ffffffffffffffff7f", "80808080808080808001"],
  ...[
    "ffffffffffffffffff01",
    "8000",
    "80808000",
    "ffffffffffffffffffff01",
    "ffffffffffffffffffffff",
  ],
].map((hex) => Uint8Array.fromHex(hex));

/** Bytes that are no UTF-8, and text that programs trip over. */
export const TEXTS: readonly Uint8Array[] = [
  ...["ff", "c080", "eda080", "f4908080", "e282", "80", "fffe", "00", "efbfbd", "f09f9880"].map((
    hex,
  ) => Uint8Array.fromHex(hex)),
  ...["'", '"', "\\", "%00", "../../", "__proto__", "constructor", "\r\n", "${x}", "<b>", "NaN"]
    .map((text) => new TextEncoder().encode(text)),
];

type Mutation = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array;

function replaced(bytes: Uint8Array, at: number, gone: number, put: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + gone)]);
}

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  if (bytes.length === 0) return bytes;
  const copy = new Uint8Array(bytes);
  change(copy);
  return copy;
}

const place = (bytes: Uint8Array, random: Random): number => randomInt(random, bytes.length + 1);

const MUTATIONS: readonly Mutation[] = [
  // A bit, or a byte.
  (bytes, random) =>
    changed(bytes, (copy) => copy[randomInt(random, copy.length)]! ^= 1 << randomInt(random, 8)),
  (bytes, random) =>
    changed(bytes, (copy) => copy[randomInt(random, copy.length)] = randomInt(random, 256)),
  // The end is missing, or there is more.
  (bytes, random) => bytes.subarray(0, place(bytes, random)),
  (bytes, random) =>
    replaced(bytes, bytes.length, 0, noise(random, shortLength(random, MAX_PIECE))),
  // A piece is missing, comes twice, or is from elsewhere.
  (bytes, random) =>
    replaced(bytes, place(bytes, random), shortLength(random, bytes.length), new Uint8Array(0)),
  (bytes, random) => {
    const at = place(bytes, random);
    return replaced(bytes, at, 0, bytes.subarray(at, at + shortLength(random, MAX_PIECE)));
  },
  (bytes, random, other) => {
    const from = place(other, random);
    const piece = other.subarray(from, from + 1 + shortLength(random, MAX_PIECE));
    return replaced(bytes, place(bytes, random), pick(random, [0, piece.length]), piece);
  },
  // A number or a text at the edge.
  (bytes, random) => {
    const varint = pick(random, VARINTS);
    return replaced(bytes, place(bytes, random), pick(random, [0, 1, varint.length]), varint);
  },
  (bytes, random) =>
    replaced(bytes, place(bytes, random), randomInt(random, 3), pick(random, TEXTS)),
  // One byte many times.
  (bytes, random) => {
    const run = new Uint8Array(shortLength(random, MAX_PIECE)).fill(randomInt(random, 256));
    return replaced(bytes, place(bytes, random), 0, run);
  },
  // A lie about a length, most often the first.
  (bytes, random) =>
    changed(bytes, (copy) => {
      if (copy.length < 4) return;
      const at = chance(random, 0.5) ? 0 : randomInt(random, copy.length - 3);
      new DataView(copy.buffer, copy.byteOffset).setUint32(at, pick(random, LENGTHS));
    }),
];

/** `bytes` after one to four changes; pieces of `other` may get into it. */
export function mutated(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array {
  let result = bytes;
  for (let left = 1 + shortLength(random, 4); left > 0; left--) {
    result = pick(random, MUTATIONS)(result, random, other);
  }
  return result;
}
