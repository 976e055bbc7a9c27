/** Where tasks run. The server hands over what came in; the executor says when it can take more. */
import type { ReplySink } from "../task_runner.ts";

export interface Task {
  readonly linkId: number;
  readonly frame: Uint8Array;
}

export interface ExecutorEvents {
  readonly reply: ReplySink;
  /** A batch was taken up: there is room for another one. */
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
