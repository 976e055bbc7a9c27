/** SHA-256 of blocks, as they stand one behind the other in a `.sum` file. */
import { createHash } from "node:crypto";
import { blockCount } from "../state/blocks.ts";

export const SUM_BYTES = 32;

export function sumOf(block: Uint8Array): Uint8Array {
  return createHash("sha256").update(block).digest();
}

export function isSumOf(sum: Uint8Array, block: Uint8Array): boolean {
  const actual = sumOf(block);
  return actual.every((byte, at) => byte === sum[at]);
}

/** Length of the `.sum` file of a complete file, in bytes. */
export function sumFileBytes(fileSize: number): number {
  return blockCount(fileSize) * SUM_BYTES;
}
