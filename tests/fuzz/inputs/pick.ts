/** Small choices by chance. */
import { Buffer } from "node:buffer";
import { type Random, randomInt } from "../../../shared/random.ts";

/** One of the list, which has at least one. */
export function pick<T>(random: Random, list: readonly T[]): T {
  return list[randomInt(random, list.length)]!;
}

/** True in `share` of all cases. */
export function chance(random: Random, share: number): boolean {
  return random.next() < share;
}

/** A length from 0 to `max`, short ones far more often than long ones. */
export function shortLength(random: Random, max: number): number {
  const share = random.next() ** 2;
  return Math.floor(share * share * share * (max + 1));
}

/** Any bytes; quicker than what a source of secrets needs. */
export function noise(random: Random, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length);
  let at = 0;
  for (; at + 4 <= length; at += 4) bytes.writeUInt32LE(random.next() * 2 ** 32 >>> 0, at);
  for (; at < length; at++) bytes[at] = random.next() * 256;
  return bytes;
}
