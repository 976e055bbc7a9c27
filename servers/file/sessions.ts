/**
 * How a client's part in a task ends. Whatever the reason, the state changes at once and the work on
 * disk that follows is done in the order of the task.
 */
import { CID_FILE_STATE, type ClientFileState, IMFileState } from "../../proto/mod.ts";
import type { FileClient, Seat } from "./context.ts";
import { shortTaskId } from "./state/task_id.ts";

type DiskWork = () => Promise<void>;

/**
 * Takes the client off its task; its link is not touched. The other side of an online transfer is
 * closed, within the second that docs/spec/flows.md 15.3 allows. Returns what is left to be done on
 * disk.
 */
export function vacate(client: FileClient): DiskWork {
  const { seat, context } = client;
  client.seat = null;
  if (seat === null) return noWork;
  seat.task.activeMs = context.clock.nowMs();
  if (seat.kind === "online") {
    for (const other of seat.task.leave(client)) {
      other.seat = null;
      other.close("the other side of the transfer is gone");
    }
    return noWork;
  }
  context.tasks.remove(seat.task);
  if (seat.kind === "upload") return () => seat.file.suspend();
  seat.file.close();
  return noWork;
}

/** Takes the client off its task, and sees to the rest. */
export function leave(client: FileClient): void {
  const { seat, context } = client;
  const work = vacate(client);
  if (seat !== null) void context.order.run(seat.task.facts.taskId, work);
}

/** Makes room for a newer login of the same user: the older connection is taken for dead. */
export function replace(older: FileClient): DiskWork {
  const work = vacate(older);
  older.close("replaced by a newer login");
  return work;
}

/** Ends a task that reached its end: the connection is closed behind what was sent. */
export function finish(client: FileClient, seat: Seat, reason: string): void {
  client.context.tasks.remove(seat.task);
  client.seat = null;
  if (seat.kind === "download") seat.file.close();
  client.close(reason);
}

/** Tells a client what became of its task. */
export function sendState(
  client: FileClient,
  seat: Seat,
  { state, userId }: { readonly state: ClientFileState; readonly userId: number },
): void {
  const { taskId } = seat.task.facts;
  const body = IMFileState.encode({ state, task_id: taskId, user_id: userId });
  client.send(CID_FILE_STATE, 0, body);
}

/** What log lines about a task have in common. */
export function taskFields({ task, userId }: Seat): Record<string, unknown> {
  return {
    task: shortTaskId(task.facts.taskId),
    kind: task.kind,
    userId,
    bytes: task.facts.fileSize,
  };
}

const noWork: DiskWork = () => Promise.resolve();
