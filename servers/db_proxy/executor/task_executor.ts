/** Where tasks run. The server hands over what came in; the executor says when it can take more. */
import type { ReplySink } from "../task_runner.ts";

export interface Task {
  readonly linkId: number;
  readonly frame: Uint8Array;
}

/**
 * Tasks under way in an executor at which it takes no more batches. Storage would refuse what waits
 * beyond its own, higher limit, and a refused message is lost: so the rest waits in front of the
 * executor, where a long queue slows the senders down.
 */
export const MAX_TASKS_UNDER_WAY = 4000;

export interface ExecutorEvents {
  readonly reply: ReplySink;
  /** A batch was taken up, or tasks are done: there may be room for another batch. */
  readonly ready: () => void;
  /** The executor is broken; the process must not go on as if nothing had happened. */
  readonly failed: (error: Error) => void;
}

export interface TaskExecutor {
  /** Whether a batch may be handed over now. */
  readonly hasRoom: boolean;
  submit(batch: readonly Task[]): void;
  /** Resolves when all tasks handed over so far are done and their answers were delivered. */
  drain(): Promise<void>;
  /** Ends after {@link drain}; storage is closed. */
  close(): Promise<void>;
}
