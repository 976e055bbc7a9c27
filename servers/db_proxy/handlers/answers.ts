/** Values that answers of db_proxy share. */

/** `result_code` of answers that only know success and failure. */
export const RESULT_OK = 0;
export const RESULT_FAILED = 1;

/** Most ids of a request that are looked at (docs/spec/pitfalls.md P-LIM6). */
export const MAX_ID_LIST = 5000;

/** Answers carry attach_data even when the request had none (docs/spec/wire.md 8). */
export const NO_ATTACH: Uint8Array = new Uint8Array(0);
