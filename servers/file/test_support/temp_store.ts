/** A store in a folder of the test's, with a clock that starts at the real time, as files do. */
import { ManualClock } from "../../../shared/clock.ts";
import { BLOCK_BYTES } from "../state/blocks.ts";
import type { TaskFacts } from "../state/task.ts";
import { FileStore } from "../store/file_store.ts";
import type { Retention, SweepReport } from "../store/sweep.ts";
import type { StoredFile } from "../store/stored_file.ts";

export const TASK_ID = "927e920a-1ccc-4b4b-872c-c4ad31e1a5a3";
export const HOUR_MS = 3600 * 1000;

export interface TempStore extends AsyncDisposable {
  readonly dir: string;
  readonly clock: ManualClock;
  readonly store: FileStore;
  path(taskId: string, kind?: "" | ".part" | ".sum" | ".got"): string;
  /** Another one over the same folder, as after a restart; what there is has been counted. */
  reopened(): Promise<FileStore>;
  sweep(when?: "start" | "later"): Promise<SweepReport>;
  /** Uploads a whole file. */
  put(content: Uint8Array, facts?: Partial<TaskFacts>): Promise<void>;
}

export async function tempStore(
  { maxBytes = null, retention }: {
    readonly maxBytes?: number | null;
    readonly retention?: Partial<Retention>;
  } = {},
): Promise<TempStore> {
  const dir = await Deno.makeTempDir({ prefix: "teamtalk_store_" });
  const clock = new ManualClock(Date.now());
  const options = {
    dir: `${dir}/store`,
    clock,
    maxBytes,
    retention: {
      uploadMs: HOUR_MS,
      fileMs: 7 * 24 * HOUR_MS,
      downloadedMs: 24 * HOUR_MS,
      ...retention,
    },
  };
  const store = await FileStore.open(options);
  const sweep = (of: FileStore, when: "start" | "later"): Promise<SweepReport> =>
    of.sweep(when, { exclusively: (_id, work) => work(), signal: new AbortController().signal });
  return {
    dir: options.dir,
    clock,
    store,
    path: (taskId, kind = "") => `${options.dir}/${taskId.slice(0, 2)}/${taskId}${kind}`,
    async reopened() {
      const again = await FileStore.open(options);
      await sweep(again, "start");
      return again;
    },
    sweep: (when = "later") => sweep(store, when),
    async put(content, facts = {}) {
      const file = await store.create(factsOf(content.length, facts));
      for (const block of blocksOf(content)) await file.append(block);
      await file.finish();
    },
    [Symbol.asyncDispose]: () => Deno.remove(dir, { recursive: true }),
  };
}

export function factsOf(fileSize: number, facts: Partial<TaskFacts> = {}): TaskFacts {
  return { taskId: TASK_ID, fromUserId: 1, toUserId: 2, fileName: "a.bin", fileSize, ...facts };
}

/** Bytes that differ from block to block. */
export function contentOf(size: number): Uint8Array {
  const content = new Uint8Array(size);
  for (let at = 0; at < size; at++) content[at] = at * 31 + (at >>> 15) * 7;
  return content;
}

export function blocksOf(content: Uint8Array): Uint8Array[] {
  const count = Math.ceil(content.length / BLOCK_BYTES);
  return Array.from(
    { length: count },
    (_each, block) => content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES),
  );
}

export async function readBlock(file: StoredFile, offset: number): Promise<Uint8Array> {
  const data = new Uint8Array(Math.min(BLOCK_BYTES, file.facts.fileSize - offset));
  await file.read(offset, data);
  return data;
}
