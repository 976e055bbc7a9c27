/**
 * A stored file on its way to its receiver (docs/spec/flows.md 15.3 and 15.6):
 *
 *     wait_download ─ first pull ─► downloading ─ last block ─► upload_end
 *
 * The first pull after a login may begin at any block: a receiver that was cut off goes on with what
 * it lacks. Each further one has to be for the block behind. The size that a pull states is ignored.
 */
import { ok, refused } from "../../../shared/result.ts";
import { blockLength, isBlockStart } from "./blocks.ts";
import type { PieceResult, TaskFacts } from "./task.ts";

export type DownloadState = "wait_download" | "downloading" | "upload_end";

export class DownloadTask<Party> {
  readonly kind = "download";
  readonly facts: TaskFacts;
  readonly downloader: Party;
  /** When something last happened, in unix milliseconds. */
  activeMs: number;
  #state: DownloadState = "wait_download";
  #offset = 0;

  constructor(facts: TaskFacts, downloader: Party, nowMs: number) {
    this.facts = facts;
    this.downloader = downloader;
    this.activeMs = nowMs;
    this.#endIfComplete();
  }

  get state(): DownloadState {
    return this.#state;
  }

  get isActive(): boolean {
    return this.#state === "downloading";
  }

  get parties(): readonly Party[] {
    return [this.downloader];
  }

  /**
   * Takes a pull and tells which block answers it. `finished`: the receiver already has everything,
   * which it may say by pulling at the end of the file.
   */
  pull(offset: number): PieceResult {
    const { fileSize } = this.facts;
    if (this.#state === "upload_end") return refused("finished");
    if (this.#state === "wait_download" && offset === fileSize) {
      this.#state = "upload_end";
      return refused("finished");
    }
    const isExpected = this.#state === "wait_download"
      ? isBlockStart(offset, fileSize)
      : offset === this.#offset;
    if (!isExpected) return refused("wrong_offset");
    const length = blockLength(offset, fileSize);
    this.#state = "downloading";
    this.#offset = offset + length;
    this.#endIfComplete();
    return ok({ offset, length });
  }

  #endIfComplete(): void {
    if (this.#offset === this.facts.fileSize) this.#state = "upload_end";
  }
}
