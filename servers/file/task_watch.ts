/**
 * Ends tasks in which nothing happens (docs/spec/pitfalls.md P-FILE3), once a second: a transfer
 * under way after `TaskTimeout`, one that waits for somebody after `WaitTimeout`. An upload that is
 * cut off this way stays on disk until the sweep finds it too old, and can be continued until then;
 * an online transfer can be begun again for as long as it may wait.
 */
import type { Timer } from "../../shared/clock.ts";
import type { FileClient, FileContext } from "./context.ts";
import { leave } from "./sessions.ts";
import type { Task } from "./state/task_table.ts";

const TICK_MS = 1000;

export function watchTasks(context: FileContext): Timer {
  const { clock, tasks } = context;
  return clock.every(TICK_MS, () => {
    for (const task of [...tasks]) check(task, context);
  });
}

function check(task: Task<FileClient>, { clock, config, tasks, log }: FileContext): void {
  const nowMs = clock.nowMs();
  // All are asked: it counts from one second to the next.
  const moved = task.parties.filter((party) => party.hasMoved());
  if (moved.length > 0) task.activeMs = nowMs;
  const limitSec = task.isActive ? config.TaskTimeout : config.WaitTimeout;
  if (nowMs - task.activeMs <= limitSec * 1000) return;
  log.info("task expired", { kind: task.kind, state: task.state, limitSec });
  if (!task.isActive) tasks.remove(task);
  for (const party of task.parties) {
    leave(party);
    party.close(`nothing happened for ${limitSec} s`);
  }
}
