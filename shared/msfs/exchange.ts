/**
 * One HTTP request and its answer, on a connection of its own as the original's servers want it.
 *
 * `node:http` instead of `fetch`, because of what the original msfs answers for a file it does not
 * have: its head lacks the last line feed (docs/spec/pitfalls.md P-MSFS2), which `fetch` takes for a
 * broken connection and the lenient parser here for the 404 that it is. Leniency is safe with one
 * answer per connection: there is no second one whose begin could be mistaken.
 */
import { type IncomingMessage, request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Clock } from "../clock.ts";
import { MsfsError } from "./error.ts";

export interface Exchange {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** From the begin of the connect to the last byte of the answer, in milliseconds. */
  readonly limitMs: number;
  /** The body of another answer than this status is not read. */
  readonly wantedStatus: number;
  /** A longer body is not read to its end. */
  readonly maxBodyBytes: number;
}

export interface Answer {
  readonly status: number;
  /** Null when it was longer than asked for, and for another status than the one wanted. */
  readonly body: Uint8Array | null;
}

/** @throws {MsfsError} without an answer in time */
export function exchange(asked: Exchange, clock: Clock): Promise<Answer> {
  const { url, method, headers, limitMs } = asked;
  return new Promise((resolve, reject) => {
    const open = url.protocol === "https:" ? httpsRequest : httpRequest;
    const request = open(url, { method, headers, agent: false, insecureHTTPParser: true });
    let result: Answer | Error | null = null;
    // The first that is told counts: what goes wrong behind an answer, such as the original's odd
    // last byte, changes nothing.
    const end = (answer: Answer | Error): void => {
      result ??= answer;
      request.destroy();
    };
    const overdue = clock.after(limitMs, () => end(new Error(`no answer within ${limitMs} ms`)));
    request.on("response", (response) => {
      response.on("error", () => {/* the reader is told, if there is one */});
      const { statusCode: status = 0, headers } = response;
      const length = Number(headers["content-length"] ?? 0);
      if (status !== asked.wantedStatus || length > asked.maxBodyBytes) {
        return end({ status, body: null });
      }
      readBody(response, asked.maxBodyBytes).then((body) => end({ status, body }), end);
    });
    request.on("error", end);
    request.on("close", () => {
      overdue.cancel();
      if (result !== null && !(result instanceof Error)) return resolve(result);
      const reason = result?.message ?? "the connection ended before the answer";
      reject(new MsfsError(`Cannot ask msfs at ${url.host}: ${reason}`, { cause: result }));
    });
    request.end(asked.body);
  });
}

/** Null when the body is longer than `maxBytes`. */
async function readBody(from: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of from as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  if (!from.complete) throw new Error("the connection ended within the answer");
  return joined(chunks, bytes);
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
