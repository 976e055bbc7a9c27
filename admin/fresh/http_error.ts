/** Ends a request with an HTTP status; `_error.tsx` or `_404.tsx` makes the page. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;

  /** `message` is shown to the user: what went wrong and what to do about it. */
  constructor(status: number, message?: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** 500 for anything that was not thrown on purpose. */
export function statusOf(error: unknown): number {
  return error instanceof HttpError ? error.status : 500;
}
