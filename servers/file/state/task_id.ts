/**
 * Task ids: random UUIDs in lower case, 36 characters (docs/spec/flows.md 15.2). Whoever knows the
 * id and the user ids of a task may move its file, so an id must not be guessable; and it becomes a
 * file name, so nothing but the exact form is let in (docs/spec/pitfalls.md P-AUTH6).
 */
import type { Random } from "../../../shared/random.ts";

const EXACT_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export function isTaskId(text: string): boolean {
  return EXACT_FORM.test(text);
}

/** A version 4 UUID: 122 bits of chance. */
export function newTaskId(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toHex();
  const parts = [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]] as const;
  return parts.map(([start, end]) => hex.slice(start, end)).join("-");
}

/** For logs: enough to find a task, too little to log in with. */
export function shortTaskId(taskId: string): string {
  return taskId.slice(0, 8);
}
