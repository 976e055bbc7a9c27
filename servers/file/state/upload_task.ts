/**
 * A file on its way into the store (docs/spec/flows.md 15.3 and 15.5):
 *
 *     ready ─ uploader ─► wait_upload ─ first block ─► uploading ─ last block ─► upload_end
 *
 * This task asks for one block after the other. When the connection is lost the file stays as it is,
 * and the next login goes on with the block behind the last one that was stored: a client answers
 * whatever offset it is asked for, so old ones resume too. (P-FILE4 would have them begin again.)
 */
import { assert } from "../../../shared/assert.ts";
import { ok, refused, type Result } from "../../../shared/result.ts";
import { blockLength } from "./blocks.ts";
import type { LoginRefusal, TransferRefusal } from "./file_error.ts";
import type { Piece, TaskFacts } from "./task.ts";

export type UploadState = "ready" | "wait_upload" | "uploading" | "upload_end";

export class UploadTask<Party> {
  readonly kind = "upload";
  readonly facts: TaskFacts;
  /** When something last happened, in unix milliseconds. */
  activeMs: number;
  #state: UploadState = "ready";
  #uploader: Party | null = null;
  #offset = 0;

  constructor(facts: TaskFacts, nowMs: number) {
    this.facts = facts;
    this.activeMs = nowMs;
  }

  get state(): UploadState {
    return this.#state;
  }

  get isActive(): boolean {
    return this.#state === "uploading";
  }

  get parties(): readonly Party[] {
    return this.#uploader === null ? [] : [this.#uploader];
  }

  get uploader(): Party | null {
    return this.#uploader;
  }

  authorise(userId: number): Result<null, LoginRefusal> {
    return userId === this.facts.fromUserId ? ok(null) : refused("wrong_user");
  }

  /** Takes an authorised login, for a file of which `offset` bytes are stored. */
  join(party: Party, offset: number): void {
    assert(this.#uploader === null, "an upload has one uploader");
    this.#uploader = party;
    this.#offset = offset;
    this.#state = "wait_upload";
    this.#endIfComplete();
  }

  /** The block to ask for; `null` when there is none left. */
  get next(): Piece | null {
    if (this.#state === "upload_end") return null;
    return { offset: this.#offset, length: blockLength(this.#offset, this.facts.fileSize) };
  }

  /** Takes a block, which has to be the one that was asked for, whole (P-FILE1). */
  block(party: Party, { offset, length }: Piece): Result<null, TransferRefusal> {
    if (party !== this.#uploader) return refused("wrong_party");
    if (this.#state === "upload_end") return refused("finished");
    if (offset !== this.#offset) return refused("wrong_offset");
    if (length !== blockLength(offset, this.facts.fileSize)) return refused("wrong_length");
    this.#state = "uploading";
    this.#offset += length;
    this.#endIfComplete();
    return ok(null);
  }

  #endIfComplete(): void {
    if (this.#offset === this.facts.fileSize) this.#state = "upload_end";
  }
}
