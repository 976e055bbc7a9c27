/**
 * Offline files travel in blocks of exactly this size; the last one has the rest (Q-FILESIZE). Sizes
 * and offsets are unsigned 32-bit numbers of bytes.
 */
export const BLOCK_BYTES = 32 * 1024;

export function blockCount(fileSize: number): number {
  return Math.ceil(fileSize / BLOCK_BYTES);
}

/** Whether a block begins there. The end of the file is no such place. */
export function isBlockStart(offset: number, fileSize: number): boolean {
  return offset < fileSize && offset % BLOCK_BYTES === 0;
}

/** Bytes of the block that begins at `offset`; 0 at the end of the file. */
export function blockLength(offset: number, fileSize: number): number {
  return Math.min(BLOCK_BYTES, fileSize - offset);
}

/** Where the first `blocks` blocks end. */
export function bytesOfBlocks(blocks: number, fileSize: number): number {
  return Math.min(blocks * BLOCK_BYTES, fileSize);
}
