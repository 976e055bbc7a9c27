/**
 * The tasks that this process holds: created and not begun, or begun and with somebody connected. An
 * upload that nobody is connected to, and a file that waits for its receiver, are on disk only.
 */
import { FILE_TYPE_ONLINE, type TransferFileType } from "../../../proto/mod.ts";
import type { Random } from "../../../shared/random.ts";
import { ok, refused, type Result } from "../../../shared/result.ts";
import type { DownloadTask } from "./download_task.ts";
import type { CreateRefusal } from "./file_error.ts";
import { OnlineTask } from "./online_task.ts";
import type { TaskFacts } from "./task.ts";
import { newTaskId } from "./task_id.ts";
import { UploadTask } from "./upload_task.ts";

export type Task<Party> = OnlineTask<Party> | UploadTask<Party> | DownloadTask<Party>;

/** Ids drawn for one task before giving up; the second is needed once in 10^30 tasks. */
const MAX_DRAWS = 3;

export interface TaskLimits {
  /** A further task is refused. */
  readonly maxTasks: number;
  /** Tasks of one sender; a further one is refused. */
  readonly maxTasksPerUser: number;
}

export interface NewTask extends Omit<TaskFacts, "taskId"> {
  readonly mode: TransferFileType;
}

export class TaskTable<Party> {
  readonly #tasks = new Map<string, Task<Party>>();
  /** Tasks by sender; one without tasks has no entry. */
  readonly #counts = new Map<number, number>();
  readonly #random: Random;
  readonly #limits: TaskLimits;

  constructor(random: Random, limits: TaskLimits) {
    this.#random = random;
    this.#limits = limits;
  }

  get size(): number {
    return this.#tasks.size;
  }

  [Symbol.iterator](): Iterator<Task<Party>> {
    return this.#tasks.values();
  }

  get(taskId: string): Task<Party> | null {
    return this.#tasks.get(taskId) ?? null;
  }

  /** Makes a task of a new id. */
  create(
    { mode, ...facts }: NewTask,
    nowMs: number,
  ): Result<OnlineTask<Party> | UploadTask<Party>, CreateRefusal> {
    const { maxTasks, maxTasksPerUser } = this.#limits;
    const ofUser = this.#counts.get(facts.fromUserId) ?? 0;
    if (this.#tasks.size >= maxTasks || ofUser >= maxTasksPerUser) {
      return refused("too_many_tasks");
    }
    const taskId = this.#freeId();
    if (taskId === null) return refused("no_task_id");
    const task = mode === FILE_TYPE_ONLINE
      ? new OnlineTask<Party>({ ...facts, taskId }, nowMs)
      : new UploadTask<Party>({ ...facts, taskId }, nowMs);
    this.add(task);
    return ok(task);
  }

  /** Takes a task that was found on disk. It has a connection, so no limit of tasks holds. */
  add(task: Task<Party>): void {
    const { taskId, fromUserId } = task.facts;
    this.#tasks.set(taskId, task);
    this.#counts.set(fromUserId, (this.#counts.get(fromUserId) ?? 0) + 1);
  }

  /** Lets go of a task; one that is not in the table, or no longer, changes nothing. */
  remove(task: Task<Party>): void {
    const { taskId, fromUserId } = task.facts;
    if (this.#tasks.get(taskId) !== task) return;
    this.#tasks.delete(taskId);
    const left = this.#counts.get(fromUserId)! - 1;
    if (left === 0) this.#counts.delete(fromUserId);
    else this.#counts.set(fromUserId, left);
  }

  #freeId(): string | null {
    for (let draw = 0; draw < MAX_DRAWS; draw++) {
      const taskId = newTaskId(this.#random);
      if (!this.#tasks.has(taskId)) return taskId;
    }
    return null;
  }
}
