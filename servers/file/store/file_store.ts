/**
 * The files of offline tasks on disk, in the original's layout and form (docs/spec/storage.md 10):
 * an original file_server could give out ours, and this one its. `upload_file.ts` and
 * `stored_file.ts` say how a file is written and read; here is which of them may be open, how much
 * room there is, and what is removed.
 */
import { type Clock, nowSec } from "../../../shared/clock.ts";
import type { TaskFacts } from "../state/task.ts";
import { continueUpload } from "./continue_upload.ts";
import { createFile, isFolder, makeFolder } from "./disk.ts";
import { FILE_HEADER_BYTES } from "./header.ts";
import { pathsOf } from "./layout.ts";
import { Space } from "./space.ts";
import { StoreError } from "./store_error.ts";
import { StoredFile } from "./stored_file.ts";
import { type Exclusively, type Retention, sweep, type SweepReport } from "./sweep.ts";
import { UploadFile } from "./upload_file.ts";

export interface StoreOptions {
  readonly dir: string;
  readonly clock: Clock;
  /** `null` for no limit but the disk's. */
  readonly maxBytes: number | null;
  readonly retention: Retention;
}

export class FileStore {
  readonly #dir: string;
  readonly #options: StoreOptions;
  readonly #space: Space;
  /** Ids whose files are in use, and how often. */
  readonly #open = new Map<string, number>();

  private constructor(options: StoreOptions) {
    this.#dir = options.dir;
    this.#options = options;
    this.#space = new Space(options.maxBytes);
  }

  /** Makes the folder unless it is there. @throws {StoreError} `no_folder` when it cannot be used */
  static async open(options: StoreOptions): Promise<FileStore> {
    try {
      await Deno.mkdir(options.dir, { recursive: true, mode: 0o700 });
      if (!(await Deno.stat(options.dir)).isDirectory) throw new Error("it is no folder");
    } catch (error) {
      throw new StoreError("no_folder", `Cannot use the folder ${options.dir}`, error);
    }
    return new FileStore(options);
  }

  /** Bytes that count towards the limit. */
  get usedBytes(): number {
    return this.#space.usedBytes;
  }

  /** Whether there is room for a file of so many bytes. */
  fits(fileSize: number): boolean {
    return this.#space.fits(wholeBytes(fileSize));
  }

  /**
   * Begins the file of a new task.
   * @throws {StoreError} `store_full`, `no_folder`, `no_file`, `write_failed`
   */
  async create(facts: TaskFacts): Promise<UploadFile> {
    const bytes = wholeBytes(facts.fileSize);
    this.#take(bytes);
    this.#addOpen(facts.taskId);
    try {
      const paths = pathsOf(this.#dir, facts.taskId);
      await makeFolder(this.#dir, paths.folder);
      return await UploadFile.create({
        facts,
        paths,
        createdSec: nowSec(this.#options.clock),
        onClosed: (leftBytes) => this.#uploadClosed(facts, leftBytes),
      });
    } catch (error) {
      this.#uploadClosed(facts, 0);
      throw error;
    }
  }

  /**
   * Continues the file of a task that was cut off; `null` when there is none.
   * @throws {StoreError} `store_full`, `no_file`, `bad_header`, `unreadable`, `write_failed`
   */
  async continue(taskId: string): Promise<UploadFile | null> {
    this.#addOpen(taskId);
    let file: UploadFile | null = null;
    try {
      const paths = pathsOf(this.#dir, taskId);
      const found = await isFolder(paths.folder) ? await continueUpload(taskId, paths) : null;
      if (found === null) return null;
      const { facts, foundBytes } = found;
      try {
        this.#take(wholeBytes(facts.fileSize) - foundBytes);
      } catch (error) {
        found.part.close();
        found.sum.close();
        throw error;
      }
      const onClosed = (leftBytes: number): void => this.#uploadClosed(facts, leftBytes);
      file = new UploadFile({ ...found, onClosed });
      return file;
    } finally {
      if (file === null) this.#removeOpen(taskId);
    }
  }

  /**
   * Opens the complete file of a task; `null` when there is none.
   * @throws {StoreError} `no_file`, `bad_header`, `unreadable`
   */
  async read(taskId: string): Promise<StoredFile | null> {
    this.#addOpen(taskId);
    let stored: StoredFile | null = null;
    try {
      const paths = pathsOf(this.#dir, taskId);
      if (!await isFolder(paths.folder)) return null;
      stored = await StoredFile.open(taskId, paths, () => this.#removeOpen(taskId));
      return stored;
    } finally {
      if (stored === null) this.#removeOpen(taskId);
    }
  }

  /** Remembers that the file was downloaded; it is removed some time later. */
  async markDownloaded(taskId: string): Promise<void> {
    try {
      (await createFile(pathsOf(this.#dir, taskId).got)).close();
    } catch (error) {
      // It was downloaded before, or the disk is full: it is then removed like one that never was.
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /**
   * Removes what has lived long enough. At the start it also takes stock of what there is.
   * @throws {StoreError} when a folder cannot be listed
   */
  async sweep(
    when: "start" | "later",
    how: { readonly exclusively: Exclusively; readonly signal: AbortSignal },
  ): Promise<SweepReport> {
    const report = await sweep(this.#dir, {
      ...how,
      when,
      retention: this.#options.retention,
      nowMs: this.#options.clock.nowMs(),
      isOpen: (taskId) => this.#open.has(taskId),
    });
    if (when === "start") this.#space.take(report.bytes);
    else this.#space.giveBack(report.removedBytes);
    return report;
  }

  /** An upload has its whole size reserved while it is open, and then what is left on disk. */
  #uploadClosed({ taskId, fileSize }: TaskFacts, leftBytes: number): void {
    this.#space.giveBack(wholeBytes(fileSize));
    this.#space.take(leftBytes);
    this.#removeOpen(taskId);
  }

  #take(bytes: number): void {
    if (!this.#space.fits(bytes)) {
      throw new StoreError("store_full", "Cannot take a file: the store is as full as it may be");
    }
    this.#space.take(bytes);
  }

  #addOpen(taskId: string): void {
    this.#open.set(taskId, (this.#open.get(taskId) ?? 0) + 1);
  }

  #removeOpen(taskId: string): void {
    const left = this.#open.get(taskId)! - 1;
    if (left === 0) this.#open.delete(taskId);
    else this.#open.set(taskId, left);
  }
}

/** What a complete file takes on disk; its sums, a thousandth of it, are not counted. */
function wholeBytes(fileSize: number): number {
  return FILE_HEADER_BYTES + fileSize;
}
