/**
 * Finding a msg_server as most clients do: `GET /msg_server` of the login_server
 * (docs/spec/roles.md 3.4).
 */
import { REFUSE_REASON_MSG_SERVER_FULL, REFUSE_REASON_NO_MSG_SERVER } from "../../proto/mod.ts";
import { type Clock, systemClock } from "../clock.ts";
import { ok, refused, type Result } from "../result.ts";
import { withinDeadline } from "./deadline.ts";
import { LookupError, type LookupRefusal } from "./errors.ts";
import { type MsgServer, REQUEST_TIMEOUT_MS } from "./options.ts";

/** The original cuts its answer at 1023 bytes; one that is larger than this is not from it. */
const MAX_ANSWER_BYTES = 64 * 1024;

export interface HttpLookupOptions {
  /** Defaults to the global one. `MemoryNetwork.fetch` fits. */
  readonly fetch?: (url: string, init: { signal: AbortSignal }) => Promise<Response>;
  readonly clock?: Clock;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Asks the login_server at `url`, for example `http://127.0.0.1:8080`; the path is added.
 * @throws {LookupError} when it cannot be asked or its answer makes no sense
 * @throws {DeadlineError} when it is silent
 */
export async function lookupOverHttp(
  url: string,
  options: HttpLookupOptions = {},
): Promise<Result<MsgServer, LookupRefusal>> {
  const target = targetOf(url);
  const get = options.fetch ?? fetch;
  const answer = await withinDeadline(async (signal) => {
    try {
      return await boundedText(await get(target, { signal }));
    } catch (error) {
      if (signal.aborted || error instanceof LookupError) throw error;
      throw new LookupError(`Cannot ask ${target}: ${reasonOf(error)}`, { cause: error });
    }
  }, {
    clock: options.clock ?? systemClock,
    limitMs: options.timeoutMs ?? REQUEST_TIMEOUT_MS,
    what: `answer from ${target}`,
    ...(options.signal === undefined ? {} : { outer: options.signal }),
  });
  return parseMsgServer(answer);
}

function targetOf(url: string): string {
  try {
    return new URL("/msg_server", url).href;
  } catch (cause) {
    throw new LookupError(`Cannot ask ${url}: this is no URL`, { cause });
  }
}

/** @throws {LookupError} when `answer` is not what a login_server writes */
export function parseMsgServer(answer: string): Result<MsgServer, LookupRefusal> {
  const fields = parseObject(answer);
  if (fields["code"] === REFUSE_REASON_NO_MSG_SERVER) return refused("no_msg_server");
  if (fields["code"] === REFUSE_REASON_MSG_SERVER_FULL) return refused("msg_servers_full");
  const priorIp = fields["priorIP"];
  const port = Number(fields["port"]);
  const isPort = Number.isInteger(port) && port >= 1 && port <= 65535;
  if (fields["code"] !== 0 || typeof priorIp !== "string" || priorIp === "" || !isPort) {
    throw new LookupError("Cannot use the login_server's answer: it names no address");
  }
  const backupIp = fields["backupIP"];
  const { msfsPrior, discovery } = fields;
  const tlsPort = Number(fields["tlsPort"]);
  return ok({
    priorIp,
    backupIp: typeof backupIp === "string" && backupIp !== "" ? backupIp : priorIp,
    port,
    ...(Number.isInteger(tlsPort) && tlsPort >= 1 && tlsPort <= 65535 ? { tlsPort } : {}),
    ...(typeof msfsPrior === "string" ? { msfsPrior } : {}),
    ...(typeof discovery === "string" ? { discovery } : {}),
  });
}

function parseObject(answer: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(answer);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Not JSON: said below, with the same words as for JSON that is no object.
  }
  throw new LookupError("Cannot use the login_server's answer: it is not a JSON object");
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  // Leaving the loop early cancels the rest of the body.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) {
      throw new LookupError(
        `Cannot use the login_server's answer: above ${MAX_ANSWER_BYTES} bytes`,
      );
    }
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Deno's fetch tells the reason in the cause, behind a prefix that repeats the URL. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : error.message;
  return cause.replace(/^error sending request for url \(.*?\): /, "");
}
