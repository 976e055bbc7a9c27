/** POST: stores the file of a form and says where it is (docs/spec/admin-http.md 3.1, 3.2). */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../../../shared/config/mod.ts";
import { reasonOf } from "../../../shared/netlib/reason.ts";
import { refused, type Result } from "../../../shared/result.ts";
import { refusalAnswer, storedAnswer, type UploadRefusal } from "../answers.ts";
import type { MsfsConfig } from "../config.ts";
import type { MsfsContext } from "../context.ts";
import { BrokenBodyError, piecesOf, SlowBodyError } from "../http/body_reader.ts";
import { boundaryOf, UploadParser } from "../multipart/upload_parser.ts";
import { storedName, storedSuffix } from "../names/stored_name.ts";
import { type NewFile, StoreError } from "../store/types.ts";

/** What the path of every file begins with; the original's name for the only group of files. */
const GROUP = "g0";
/** A request this much longer than the limit is not listened to before it is refused, in bytes. */
const FAR_TOO_LARGE = 64 * 1024 * 1024;
/** Seconds after which a refused client may try again. */
const BUSY_RETRY_SEC = 5;

export async function upload(
  request: Request,
  address: string,
  context: MsfsContext,
): Promise<Response> {
  const { config, uploads, uploadRate, log } = context;
  const isTrusted = config.UploadSecret !== null && showsSecret(request, config.UploadSecret);
  if (config.UploadSecret !== null && !isTrusted) {
    log.info("upload refused", { address, refusal: "unauthorized" });
    return refusalAnswer("unauthorized", { "WWW-Authenticate": "Bearer" });
  }
  // Who shows the secret is a server that uploads for many users.
  const waitSec = isTrusted ? 0 : uploadRate.secondsToWait(address);
  if (waitSec > 0) return refusalAnswer("too_many", { "Retry-After": String(waitSec) });
  const baseUrl = baseUrlOf(request, config);
  if (baseUrl === null) return refusalAnswer("bad_host");
  const tooLarge = refusalOfLength(request, config.MaxUploadBytes);
  if (tooLarge !== null) return refusalAnswer(tooLarge);
  const leave = uploads.take(isTrusted ? null : address);
  if (leave === null) return refusalAnswer("busy", { "Retry-After": String(BUSY_RETRY_SEC) });
  try {
    const stored = await receive(request, context);
    if (!stored.ok) {
      log.info("upload refused", { address, refusal: stored.refusal });
      return refusalAnswer(stored.refusal);
    }
    log.debug("upload stored", { path: stored.value });
    const path = `${GROUP}/${stored.value}`;
    return storedAnswer({ path, url: `${baseUrl}/${path}` });
  } finally {
    leave();
  }
}

/** Reads the form and stores its first file. Whatever goes wrong, nothing of it is left. */
async function receive(
  request: Request,
  context: MsfsContext,
): Promise<Result<string, UploadRefusal>> {
  const { store, config, counter, clock, random, log } = context;
  let file: NewFile | null = null;
  try {
    const freeBytes = await store.freeBytes();
    if (freeBytes < config.MinFreeMiB * 1024 * 1024) {
      log.error("uploads are refused: the disk is full", { freeBytes });
      return refused("no_room");
    }
    const collected = await collect(request, context, async () => file ??= await store.create());
    if (!collected.ok) return collected;
    const name = storedName(collected.value, { nowMs: clock.nowMs(), random });
    const path = `${counter.next()}/${name}`;
    await file!.commit(path);
    return { ok: true, value: path };
  } catch (error) {
    return refused(refusalOfFailure(error, context));
  } finally {
    // Does nothing to a file that was committed.
    await discard(file, context);
  }
}

/** Writes the file of the form into what `begin` opens, and returns the end of its stored name. */
async function collect(
  request: Request,
  { config, clock }: MsfsContext,
  begin: () => Promise<NewFile>,
): Promise<Result<string, UploadRefusal>> {
  const parser = new UploadParser(boundaryOf(request.headers.get("Content-Type")));
  let bytes = 0;
  let suffix: string | null = null;
  // Read to its end, also behind the file: a request that breaks off is none.
  for await (const piece of piecesOf(request, clock)) {
    bytes += piece.length;
    if (bytes > config.MaxUploadBytes) return refused("too_large");
    const data = parser.push(piece);
    if (parser.refusal !== null) return refused(parser.refusal);
    if (suffix === null && parser.fileName !== null) {
      const kept = storedSuffix(parser.fileName);
      if (!kept.ok) return kept;
      suffix = kept.value;
      await begin(); // Also for a file without any data.
    }
    for (const part of data) await (await begin()).write(part);
  }
  const problem = parser.end();
  return problem === null ? { ok: true, value: suffix! } : refused(problem);
}

function refusalOfFailure(error: unknown, { log }: MsfsContext): UploadRefusal {
  if (error instanceof SlowBodyError) return "too_slow";
  if (error instanceof BrokenBodyError) return "broken_off";
  if (!(error instanceof StoreError)) throw error;
  log.error("upload not stored", { error });
  return error.isFull ? "no_room" : "store_failed";
}

async function discard(file: NewFile | null, { log }: MsfsContext): Promise<void> {
  try {
    await file?.discard();
  } catch (error) {
    // The answer is what it is; the file is swept at the next start.
    log.warn("unfinished upload not removed", { reason: reasonOf(error) });
  }
}

/** The limit is one of the request, as in the original. A length that is none never gets here. */
function refusalOfLength(request: Request, limit: number): UploadRefusal | null {
  const length = Number(request.headers.get("Content-Length") ?? 0);
  if (length <= limit) return null;
  return length > limit + FAR_TOO_LARGE ? "far_too_large" : "too_large";
}

/** `Authorization: Bearer <secret>`; compared in a time that says nothing about the secret. */
function showsSecret(request: Request, secret: Secret<string>): boolean {
  const shown = /^Bearer (.*)$/i.exec(request.headers.get("Authorization") ?? "")?.[1];
  return shown !== undefined && timingSafeEqual(digest(shown), digest(secret.reveal()));
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/**
 * What the client reached this server by, unless the configuration says what others reach it by.
 * Null when the client names a host that is none.
 */
function baseUrlOf(request: Request, config: MsfsConfig): string | null {
  if (config.PublicUrl !== null) return config.PublicUrl.replace(/\/+$/, "");
  // The runtime makes it of what the client calls this host, which may be no host at all.
  const url = URL.parse(request.url);
  if (url === null) return null;
  // A request of HTTP/1.0 may have no Host; its URL has the address it was sent to.
  const host = request.headers.get("Host") ?? url.host;
  const isHost = /^(\[[\da-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.test(host);
  return isHost ? `${url.protocol}//${host}` : null;
}
