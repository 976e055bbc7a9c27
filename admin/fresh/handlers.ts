/** What a route answers with: a response, or data for its page. */
import type { Context } from "./context.ts";

export const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
export type Method = typeof METHODS[number];

/** Data for the page component of the same file, with the status and headers of the response. */
export interface PageResponse<T> {
  readonly data: T;
  readonly status?: number | undefined;
  readonly headers?: HeadersInit | undefined;
}

export interface PageOptions {
  readonly status?: number;
  readonly headers?: HeadersInit;
}

/** Makes the page component render `data`; status 200 unless given. */
export function page(): PageResponse<undefined>;
export function page<T>(data: T, options?: PageOptions): PageResponse<T>;
export function page<T>(data?: T, options: PageOptions = {}): PageResponse<T | undefined> {
  return { data, status: options.status, headers: options.headers };
}

export interface HandlerFn<Data, State> {
  (
    ctx: Context<State>,
  ): Response | PageResponse<Data> | Promise<Response | PageResponse<Data>>;
}

export type HandlerByMethod<Data, State> = { [M in Method]?: HandlerFn<Data, State> };

/** One function for every method, or one for each. HEAD is answered by GET's, without the body. */
export type RouteHandler<Data, State> = HandlerFn<Data, State> | HandlerByMethod<Data, State>;

/** Runs before a route, and may answer in its place or change what it answered. */
export type Middleware<State> = (ctx: Context<State>) => Response | Promise<Response>;
