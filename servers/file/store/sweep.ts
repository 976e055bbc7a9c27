/**
 * Removes from the store what has lived long enough (docs/spec/pitfalls.md P-FILE8): files that were
 * downloaded, files that nobody came for, and uploads that nobody continued. Ages are those of the
 * file system. Names that are not of the store's form are left alone.
 */
import { isTaskId } from "../state/task_id.ts";
import { lstatOrNull, openFile, removeFile } from "./disk.ts";
import { readFacts } from "./continue_upload.ts";
import { FILE_HEADER_BYTES } from "./header.ts";
import { FOLDER_FORM, GOT, PART, pathsOf, SUM, type TaskPaths } from "./layout.ts";
import { StoreError } from "./store_error.ts";

/** How long what is kept, in milliseconds; `null` for ever. */
export interface Retention {
  /** An upload that nobody is connected to, since its last byte. */
  readonly uploadMs: number;
  /** A complete file that was not downloaded, since it was complete. */
  readonly fileMs: number | null;
  /** A file that was downloaded, since it was first. */
  readonly downloadedMs: number;
}

export interface SweepOptions {
  readonly retention: Retention;
  readonly nowMs: number;
  /** "start": looks into files without sums too, for uploads that an original left incomplete. */
  readonly when: "start" | "later";
  /** Whether a task's files are in use; they are then left alone. */
  readonly isOpen: (taskId: string) => boolean;
  /** Runs the removal of a task's files while nothing else is done with them. */
  readonly exclusively: Exclusively;
  /** Ends the sweep early. */
  readonly signal: AbortSignal;
}

export type Exclusively = (taskId: string, work: () => Promise<void>) => Promise<void>;

export interface SweepReport {
  /** What is left, without that in use. */
  files: number;
  uploads: number;
  bytes: number;
  removedFiles: number;
  removedUploads: number;
  removedBytes: number;
  /** Tasks whose files could not be looked at or removed. */
  failed: number;
}

/** @throws {StoreError} when a folder cannot be listed */
export async function sweep(dir: string, options: SweepOptions): Promise<SweepReport> {
  const report: SweepReport = {
    files: 0,
    uploads: 0,
    bytes: 0,
    removedFiles: 0,
    removedUploads: 0,
    removedBytes: 0,
    failed: 0,
  };
  for (const { name: folder, isDirectory } of await entriesOf(dir)) {
    if (!isDirectory || !FOLDER_FORM.test(folder)) continue;
    for (const [taskId, kinds] of await tasksIn(dir, folder)) {
      if (options.signal.aborted) return report;
      const task = { taskId, kinds, paths: pathsOf(dir, taskId) };
      await options.exclusively(taskId, () => sweepOrCount(task, options, report));
    }
  }
  return report;
}

/** What goes wrong with one task is no reason to leave the others. */
async function sweepOrCount(
  task: FoundTask,
  options: SweepOptions,
  report: SweepReport,
): Promise<void> {
  try {
    await sweepTask(task, options, report);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    report.failed++;
  }
}

/** Which kinds of files each task of a folder has; "" is the complete one. */
async function tasksIn(dir: string, folder: string): Promise<Map<string, Set<string>>> {
  const tasks = new Map<string, Set<string>>();
  for (const { name } of await entriesOf(`${dir}/${folder}`)) {
    const kind = /\.(?:part|sum|got)$/.exec(name)?.[0] ?? "";
    const taskId = name.slice(0, name.length - kind.length);
    if (!isTaskId(taskId) || !taskId.startsWith(folder)) continue;
    tasks.set(taskId, (tasks.get(taskId) ?? new Set()).add(kind));
  }
  return tasks;
}

async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(path));
  } catch (error) {
    throw new StoreError("unreadable", "Cannot list a folder of the store", error);
  }
}

interface FoundTask {
  readonly taskId: string;
  readonly kinds: ReadonlySet<string>;
  readonly paths: TaskPaths;
}

async function sweepTask(
  task: FoundTask,
  options: SweepOptions,
  report: SweepReport,
): Promise<void> {
  if (options.isOpen(task.taskId)) return;
  const { kinds, paths } = task;
  const isComplete = kinds.has("");
  const { nowMs, retention } = options;
  const main = isComplete ? paths.complete : kinds.has(PART) ? paths.part : paths.sum;
  const found = await sizeAndAge(main, nowMs) ?? NOTHING;
  const isDue = isComplete
    ? await isFileDue(task, found, options)
    : found.ageMs > retention.uploadMs;
  if (!isDue) {
    report[isComplete ? "files" : "uploads"]++;
    report.bytes += found.size;
    return;
  }
  await removeTaskFiles(paths);
  report[isComplete ? "removedFiles" : "removedUploads"]++;
  report.removedBytes += found.size;
}

interface Aged {
  readonly size: number;
  readonly ageMs: number;
}

/** What a `.got` without anything else stands for. */
const NOTHING: Aged = { size: 0, ageMs: Infinity };

async function sizeAndAge(path: string, nowMs: number): Promise<Aged | null> {
  const info = await lstatOrNull(path);
  if (info === null) return null;
  return { size: info.size, ageMs: nowMs - (info.mtime?.getTime() ?? nowMs) };
}

async function isFileDue(
  { taskId, kinds, paths }: FoundTask,
  complete: Aged,
  { when, nowMs, retention }: SweepOptions,
): Promise<boolean> {
  if (retention.fileMs !== null && complete.ageMs > retention.fileMs) return true;
  const got = kinds.has(GOT) ? await sizeAndAge(paths.got, nowMs) : null;
  if (got !== null && got.ageMs > retention.downloadedMs) return true;
  if (when !== "start" || complete.ageMs <= retention.uploadMs || kinds.has(SUM)) return false;
  return await isIncompleteOriginal(taskId, paths);
}

/** An original writes uploads under their final name, and cannot continue one. */
async function isIncompleteOriginal(taskId: string, paths: TaskPaths): Promise<boolean> {
  try {
    const opened = await openFile(paths.complete, { mode: "read" });
    if (opened === null) return false;
    using file = opened.file;
    const { fileSize } = await readFacts(file, taskId);
    return opened.size !== FILE_HEADER_BYTES + fileSize;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // A header cut short is an upload that had hardly begun; what is no plain file is not ours.
    return error.refusal === "bad_header";
  }
}

/** First what could be continued or given out, so that a crash in between leaves nothing half. */
export async function removeTaskFiles(paths: TaskPaths): Promise<void> {
  for (const path of [paths.part, paths.complete, paths.sum, paths.got]) await removeFile(path);
}
