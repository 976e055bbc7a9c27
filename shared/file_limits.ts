/** What may be said about a file, checked where it enters and again where it is stored. */

/** Longest file name, in characters, and task id, in bytes: the columns of docs/spec/storage.md 2.12. */
export const MAX_FILE_NAME_CHARS = 256;
export const MAX_TASK_ID_BYTES = 64;

const ASCII_TEXT = /^[\x21-\x7e]+$/;

/** Whether a file name fits its column and has no NUL, at which C text would be cut. */
export function isStorableFileName(name: string): boolean {
  // A character is one or two UTF-16 units, so a very long name is not taken apart.
  return name.length <= 2 * MAX_FILE_NAME_CHARS && !name.includes("\0") &&
    Array.from(name).length <= MAX_FILE_NAME_CHARS;
}

/**
 * Whether this can be the name of a transfer task. file_servers use lower-case UUIDs; which other
 * ones they take is theirs to say (docs/spec/pitfalls.md P-AUTH6).
 */
export function isStorableTaskId(taskId: string): boolean {
  return taskId.length <= MAX_TASK_ID_BYTES && ASCII_TEXT.test(taskId);
}
