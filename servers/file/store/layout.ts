/**
 * Where a task's files are (docs/spec/storage.md 10): `<dir>/<first two characters>/<task id>` is
 * the original's place for a complete file, header and all. Beside it are files of ours:
 *
 *     <task id>.part   an upload that is not complete, in the same form; renamed when it is
 *     <task id>.sum    SHA-256 of each block, 32 bytes each, in order
 *     <task id>.got    empty; its time of change is when the file was first downloaded
 *
 * An original file_server never opens these three, and a file it has written lacks the sums.
 */
import { assert } from "../../../shared/assert.ts";
import { isTaskId } from "../state/task_id.ts";

export const PART = ".part";
export const SUM = ".sum";
export const GOT = ".got";

/** Names of the folders in which files are. */
export const FOLDER_FORM = /^[0-9a-f]{2}$/;

export interface TaskPaths {
  readonly folder: string;
  readonly complete: string;
  readonly part: string;
  readonly sum: string;
  readonly got: string;
}

/** @param taskId in the exact form, or it is our bug: a path must never be made of anything else */
export function pathsOf(dir: string, taskId: string): TaskPaths {
  assert(isTaskId(taskId), "a path is made of a task id only");
  const folder = `${dir}/${taskId.slice(0, 2)}`;
  const complete = `${folder}/${taskId}`;
  return {
    folder,
    complete,
    part: complete + PART,
    sum: complete + SUM,
    got: complete + GOT,
  };
}
