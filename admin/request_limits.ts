/** What browsers, and what claims to be one, may make the admin hold in memory. */
import { HttpError } from "fresh";

/** Requests that are being answered at a time; further ones get 503. */
export const MAX_REQUESTS = 256;
/** Of one request: a CSV file as large as http_msg_server takes, and the form around it. Else 413. */
export const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Of all requests together, signed in or not; the one that passes it gets 503. */
export const MAX_BODIES_BYTES = 64 * 1024 * 1024;

export class RequestLimits {
  #requests = 0;
  #bytes = 0;

  /** Runs `answer` with a request whose body ends with an {@link HttpError} at a limit. */
  async run(
    request: Request,
    answer: (request: Request) => Promise<Response>,
  ): Promise<Response> {
    if (this.#requests >= MAX_REQUESTS) return new Response("Busy; try again", { status: 503 });
    const taken = { bytes: 0 };
    this.#requests++;
    try {
      return await answer(this.#counted(request, taken));
    } finally {
      this.#requests--;
      this.#bytes -= taken.bytes;
    }
  }

  #counted(request: Request, taken: { bytes: number }): Request {
    if (request.body === null) return request;
    const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        taken.bytes += chunk.length;
        this.#bytes += chunk.length;
        if (taken.bytes > MAX_BODY_BYTES) controller.error(new HttpError(413, "too_large"));
        else if (this.#bytes > MAX_BODIES_BYTES) controller.error(new HttpError(503, "busy"));
        else controller.enqueue(chunk);
      },
    });
    return new Request(request, { body: request.body.pipeThrough(count) });
  }
}
