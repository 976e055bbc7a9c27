/**
 * How db_proxy keeps the sound of voice messages on msfs (docs/spec/storage.md 8, flows.md 23,
 * admin-http.md 3). Works with the msfs of this suite and with the original's.
 */
import { Buffer } from "node:buffer";
import type { Clock } from "../clock.ts";
import { MsfsError } from "./error.ts";
import { type Answer, exchange } from "./exchange.ts";
import { Gate } from "./gate.ts";
import { msfsBase, storedFileUrl } from "./site.ts";

export interface SoundFiles {
  /**
   * Uploads and returns the absolute URL that goes into `IMAudio.path`, at most 255 characters.
   * @throws {MsfsError} when it was not stored, or it is not known whether it was
   */
  upload(sound: Uint8Array): Promise<string>;
  /**
   * The bytes behind a stored URL, or null when msfs does not have them (any more) or their length
   * differs from `size`.
   * @throws {MsfsError} when msfs cannot be reached
   */
  download(path: string, size: number): Promise<Uint8Array | null>;
}

export interface MsfsClientOptions {
  /** As configured; see {@link parseMsfsSite}, which says what is allowed. */
  readonly site: string;
  readonly clock: Clock;
  /** What an msfs with `UploadSecret` asks for. */
  readonly uploadSecret?: string;
}

/** The original has no limit here; a sender waits for its ack meanwhile. */
const UPLOAD_LIMIT_MS = 10_000;
/** As in the original. */
const DOWNLOAD_LIMIT_MS = 2_000;
/** Uploads at a time, and as many downloads. */
const PLACES = 16;
/** Uploads that wait for a place, each with its sound in memory; a further one fails at once. */
const MAX_WAITING_UPLOADS = 256;
/** Downloads that wait for a place: a page of history asks for many at once. */
const MAX_WAITING_DOWNLOADS = 4096;
/** How long each waits for a place before it fails. Its own time counts from there. */
const WAIT_LIMIT_MS = 10_000;
/** The limit of msfs for a file; a larger sound is neither sent nor asked for. */
const MAX_SOUND_BYTES = 10 * 1024 * 1024;
/** The original's answer has less than 200 bytes. */
const MAX_ANSWER_BYTES = 64 * 1024;
/** Width of the column `IMAudio.path`. */
const MAX_PATH_CHARS = 255;
/** Statuses that say that the file is not there and will not be: asking again is no use. */
const MISSING: readonly number[] = [400, 404, 410];

/** @throws {TypeError} when `site` is no site */
export function msfsClient(options: MsfsClientOptions): SoundFiles {
  const { clock, uploadSecret } = options;
  const base = msfsBase(options.site);
  const limits = { clock, places: PLACES, waitLimitMs: WAIT_LIMIT_MS };
  // Apart, so that a crowd that reads history does not keep new messages from being stored.
  const uploads = new Gate({ ...limits, maxWaiting: MAX_WAITING_UPLOADS });
  const downloads = new Gate({ ...limits, maxWaiting: MAX_WAITING_DOWNLOADS });
  return {
    async upload(sound) {
      if (sound.length > MAX_SOUND_BYTES) {
        throw new MsfsError(`Cannot upload: ${sound.length} bytes exceed ${MAX_SOUND_BYTES}`);
      }
      const answer = await uploads.run(() => {
        const form = soundForm(sound);
        return exchange({
          url: base,
          method: "POST",
          headers: {
            "Content-Type": `multipart/form-data; boundary=${form.boundary}`,
            ...(uploadSecret === undefined ? {} : { "Authorization": `Bearer ${uploadSecret}` }),
          },
          body: form.body,
          limitMs: UPLOAD_LIMIT_MS,
          wantedStatus: 200,
          maxBodyBytes: MAX_ANSWER_BYTES,
        }, clock);
      });
      return storedUrl(answer);
    },
    async download(path, size) {
      // Nothing to fetch, as in the original; and what msfs cannot have is not asked for.
      const url = storedFileUrl(base, path);
      if (url === null || size <= 0 || size > MAX_SOUND_BYTES) return null;
      const { status, body } = await downloads.run(() =>
        exchange({
          url,
          method: "GET",
          headers: {},
          limitMs: DOWNLOAD_LIMIT_MS,
          wantedStatus: 200,
          maxBodyBytes: size,
        }, clock)
      );
      if (MISSING.includes(status)) return null;
      if (status !== 200) throw new MsfsError(`Cannot download from ${url.host}: status ${status}`);
      return body?.length === size ? body : null;
    },
  };
}

/** The original's. One of its own for each sound would do as well; it must not occur in it. */
const BOUNDARY = "WebKitFormBoundary8riBH6S4ZsoT69so";

function soundForm(sound: Uint8Array): { readonly boundary: string; readonly body: Uint8Array } {
  const data = Buffer.from(sound.buffer, sound.byteOffset, sound.byteLength);
  let boundary = BOUNDARY;
  for (let n = 0; data.includes(boundary); n++) boundary = BOUNDARY + n;
  // COMPAT: name and type of the part are what the original msfs is used to see from a db_proxy.
  const head = `--${boundary}\r\n` +
    `Content-Disposition: form-data; name="file"; filename="1.audio"\r\n` +
    `Content-Type: image/jpg\r\n\r\n`;
  const tail = `\r\n--${boundary}--\r\n`;
  return { boundary, body: Buffer.concat([Buffer.from(head), data, Buffer.from(tail)]) };
}

/** @throws {MsfsError} unless the answer says that the sound was stored, and where */
function storedUrl({ status, body }: Answer): string {
  if (status !== 200) throw new MsfsError(`Cannot upload: msfs answers with status ${status}`);
  const { error_code: code, path, url } = parseObject(body);
  if (code !== 0) throw new MsfsError(`Cannot upload: msfs answers with error ${String(code)}`);
  // The original says 0 without a path for what it found too large (docs/spec/pitfalls.md P-MSFS1).
  if (typeof path !== "string" || path === "" || typeof url !== "string" || !URL.canParse(url)) {
    throw new MsfsError("Cannot upload: msfs's answer names no file");
  }
  if (url.length > MAX_PATH_CHARS) {
    throw new MsfsError(`Cannot upload: msfs's URL has more than ${MAX_PATH_CHARS} characters`);
  }
  return url;
}

function parseObject(body: Uint8Array | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body ?? new Uint8Array()));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Not JSON: said below, with the same words as for JSON that is no object.
  }
  throw new MsfsError("Cannot upload: msfs's answer is no JSON object");
}
