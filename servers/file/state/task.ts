/**
 * What all tasks have in common. A *task* is one file on its way from one user to another; a *party*
 * is the connection of one of the two. The three kinds of task (`online_task.ts`, `upload_task.ts`,
 * `download_task.ts`) are pure: they say what is allowed and what follows, never do it.
 *
 * `Party` is a connection; tasks only compare parties.
 */
import { refused, type Result } from "../../../shared/result.ts";
import type { TransferRefusal } from "./file_error.ts";

/** What a task is about; never changes. */
export interface TaskFacts {
  readonly taskId: string;
  readonly fromUserId: number;
  readonly toUserId: number;
  readonly fileName: string;
  /** Bytes, unsigned 32 bits. */
  readonly fileSize: number;
}

/** The ids that a client repeats in each message after its login. */
export interface StatedIds {
  readonly task_id: string;
  readonly user_id: number;
}

/** Whether a message names the task and the user that the connection logged in with. */
export function checkIds(
  stated: StatedIds,
  loggedIn: { readonly taskId: string; readonly userId: number },
): Result<null, "other_task" | "wrong_party"> {
  if (stated.task_id !== loggedIn.taskId) return refused("other_task");
  if (stated.user_id !== loggedIn.userId) return refused("wrong_party");
  return { ok: true, value: null };
}

/** A piece of a file, in bytes. */
export interface Piece {
  readonly offset: number;
  readonly length: number;
}

export type PieceResult = Result<Piece, TransferRefusal>;
