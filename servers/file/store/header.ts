/**
 * The header before the bytes of a stored file (docs/spec/storage.md 10): text fields of a fixed
 * width, padded with NUL, numbers in decimal.
 *
 *     0 task id   128 from   192 to   256 create time   384 file name   896 file size   960 the file
 *
 * The original leaves the file name empty. It is filled in here, cut to what fits, because the
 * original reads the field as plain text only (P-FILE5).
 */
import { isTaskId } from "../state/task_id.ts";
import type { TaskFacts } from "../state/task.ts";

export const FILE_HEADER_BYTES = 960;

const TASK_ID = { start: 0, end: 128 };
const FROM_USER_ID = { start: 128, end: 192 };
const TO_USER_ID = { start: 192, end: 256 };
const CREATED = { start: 256, end: 384 };
const FILE_NAME = { start: 384, end: 896 };
const FILE_SIZE = { start: 896, end: 960 };

interface Span {
  readonly start: number;
  readonly end: number;
}

/** @param createdSec unix seconds */
export function encodeHeader(facts: TaskFacts, createdSec: number): Uint8Array {
  const header = new Uint8Array(FILE_HEADER_BYTES);
  const put = ({ start, end }: Span, text: string): void => {
    // One byte less than the width: the original reads up to a NUL. `encodeInto` never cuts a
    // character in two.
    new TextEncoder().encodeInto(text, header.subarray(start, end - 1));
  };
  put(TASK_ID, facts.taskId);
  put(FROM_USER_ID, String(facts.fromUserId));
  put(TO_USER_ID, String(facts.toUserId));
  put(CREATED, String(createdSec));
  put(FILE_NAME, facts.fileName.replaceAll("\0", ""));
  put(FILE_SIZE, String(facts.fileSize));
  return header;
}

/** `null` for anything that is not the header of a task. */
export function decodeHeader(header: Uint8Array): TaskFacts | null {
  if (header.length !== FILE_HEADER_BYTES) return null;
  const text = ({ start, end }: Span): string => {
    const field = header.subarray(start, end);
    const length = field.indexOf(0);
    return new TextDecoder().decode(length < 0 ? field : field.subarray(0, length));
  };
  const taskId = text(TASK_ID);
  const fromUserId = uint32(text(FROM_USER_ID));
  const toUserId = uint32(text(TO_USER_ID));
  const fileSize = uint32(text(FILE_SIZE));
  if (!isTaskId(taskId) || fromUserId === null || toUserId === null || fileSize === null) {
    return null;
  }
  return { taskId, fromUserId, toUserId, fileName: text(FILE_NAME), fileSize };
}

function uint32(text: string): number | null {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : NaN;
  return value <= 0xffffffff ? value : null;
}
