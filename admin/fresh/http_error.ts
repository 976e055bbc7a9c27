/** Those that HTTP names; Fresh takes no others. */
export type ErrorStatus =
  | (400 | 401 | 402 | 403 | 404 | 405 | 406 | 407 | 408 | 409 | 410 | 411 | 412 | 413 | 414 | 415)
  | (416 | 417 | 418 | 421 | 422 | 423 | 424 | 426 | 428 | 429 | 431 | 451)
  | (500 | 501 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 510 | 511);

/** Ends a request with an HTTP status; `_error.tsx` or `_404.tsx` makes the page. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: ErrorStatus;

  /** `message` is shown to the user: what went wrong and what to do about it. */
  constructor(status: ErrorStatus, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** 500 for anything that was not thrown on purpose. */
export function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}
