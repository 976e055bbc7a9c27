import type { StoreRefusal } from "../state/file_error.ts";

/** The store cannot do its part: the disk is full, a file is missing, damaged or not readable. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  readonly refusal: StoreRefusal;

  constructor(refusal: StoreRefusal, what: string, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.refusal = refusal;
  }
}
