/** The three requests to an S3-compatible service that a file store needs, signed by aws4fetch. */
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsV4Signer } from "aws4fetch";
import type { Clock } from "../../../shared/clock.ts";

/** How long the answer to a question may take to begin, in milliseconds. */
const ANSWER_LIMIT_MS = 10_000;
/** How long an upload and its answer may take, in milliseconds. */
const PUT_LIMIT_MS = 60_000;

export interface S3Bucket {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface S3Put {
  readonly body: ReadableStream<Uint8Array>;
  readonly bytes: number;
  /** In hexadecimal: the service stores nothing else than these bytes. */
  readonly sha256: string;
  readonly contentType: string;
}

interface Signed {
  readonly url: URL;
  readonly headers: Record<string, string>;
}

export class S3Requests {
  readonly #bucket: S3Bucket;
  readonly #clock: Clock;

  constructor(bucket: S3Bucket, clock: Clock) {
    this.#bucket = bucket;
    this.#clock = clock;
  }

  /** HEAD. The answer has no body. */
  async head(key: string): Promise<Response> {
    return await this.#fetch("HEAD", await this.#sign("HEAD", key, {}), new AbortController());
  }

  /** GET of a part of the object, as long as it is the one with `etag`. Aborting ends its body. */
  async get(
    key: string,
    part: { readonly first: number; readonly last: number; readonly etag: string },
    abort: AbortController,
  ): Promise<Response> {
    const headers = { "Range": `bytes=${part.first}-${part.last}`, "If-Match": part.etag };
    return await this.#fetch("GET", await this.#sign("GET", key, headers), abort);
  }

  /**
   * PUT, and the status it was answered with. Over `node:http`, because `fetch` sends a stream in
   * chunks without its length, which S3 does not take.
   */
  async put(key: string, { body, bytes, sha256, contentType }: S3Put): Promise<number> {
    const signed = await this.#sign("PUT", key, {
      "Content-Type": contentType,
      "X-Amz-Content-Sha256": sha256,
    });
    const { url } = signed;
    const headers = { ...signed.headers, "content-length": String(bytes) };
    return await new Promise((resolve, reject) => {
      const open = url.protocol === "https:" ? httpsRequest : httpRequest;
      const request = open(url, { method: "PUT", headers, agent: false });
      let result: number | Error = new Error("the connection ended before the answer");
      const overdue = this.#clock.after(
        PUT_LIMIT_MS,
        () => request.destroy(new Error(`no answer within ${PUT_LIMIT_MS} ms`)),
      );
      request.on("response", (response) => {
        result = response.statusCode ?? 0;
        response.resume();
      });
      request.on("error", (error) => {
        if (typeof result !== "number") result = error;
      });
      request.on("close", () => {
        overdue.cancel();
        if (typeof result === "number") resolve(result);
        else reject(result);
      });
      pipeline(Readable.fromWeb(body as NodeReadableStream), request).catch(
        () => {/* `close` tells */},
      );
    });
  }

  /** @throws whatever went wrong before the answer began */
  async #fetch(method: string, { url, headers }: Signed, abort: AbortController) {
    const overdue = this.#clock.after(
      ANSWER_LIMIT_MS,
      () => abort.abort(new Error(`no answer within ${ANSWER_LIMIT_MS} ms`)),
    );
    try {
      return await fetch(url, { method, headers, signal: abort.signal });
    } finally {
      overdue.cancel();
    }
  }

  async #sign(method: string, key: string, headers: Record<string, string>): Promise<Signed> {
    const { endpoint, region, bucket, accessKey, secretKey } = this.#bucket;
    const path = key.split("/").map(encodeURIComponent).join("/");
    const signed = await new AwsV4Signer({
      method,
      url: `${endpoint.replace(/\/+$/, "")}/${bucket}/${path}`,
      headers,
      service: "s3",
      region,
      accessKeyId: accessKey,
      secretAccessKey: secretKey,
      datetime: new Date(this.#clock.nowMs()).toISOString().replace(/[:-]|\.\d{3}/g, ""),
    }).sign();
    return { url: signed.url, headers: Object.fromEntries(signed.headers) };
  }
}
