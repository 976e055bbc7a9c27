/** GET and HEAD: sends a file, or the part of it that was asked for (docs/spec/admin-http.md 3.3). */
import { reasonOf } from "../../../shared/netlib/reason.ts";
import { emptyAnswer, SAFE_HEADERS } from "../answers.ts";
import type { MsfsContext } from "../context.ts";
import { isUnchanged, rangeApplies } from "../http/conditional.ts";
import { pacedStream } from "../http/paced_stream.ts";
import { rangeOf } from "../http/range.ts";
import { isShown } from "../media_type.ts";
import { filePathOf, originalOf, rawPathOf } from "../names/file_path.ts";
import { type OpenFile, StoreError } from "../store/types.ts";

/** Names are never used again, so what a cache has stays true. */
const FOREVER = "public, max-age=31536000, immutable";
/** Seconds after which a refused client may try again. */
const BUSY_RETRY_SEC = 5;

/** What is answered to a path that names no file; 500 is the original's. */
const PATH_STATUS = { malformed: 500, forbidden: 400 } as const;

/** @param address of the client, without its port */
export async function download(
  request: Request,
  address: string,
  context: MsfsContext,
): Promise<Response> {
  const path = filePathOf(rawPathOf(request.url));
  if (!path.ok) return emptyAnswer(PATH_STATUS[path.refusal]);
  const leave = context.downloads.take(address);
  if (leave === null) return emptyAnswer(503, { "Retry-After": String(BUSY_RETRY_SEC) });
  let isSending = false;
  try {
    const file = await find(path.value, context);
    if (file === null) return emptyAnswer(404);
    const answer = answerWith(file, request, {
      clock: context.clock,
      ended: (error) => {
        leave();
        if (error !== null) {
          context.log.warn("download broken off", { reason: reasonOf(error) });
        }
      },
    });
    isSending = answer.body !== null;
    if (!isSending) file.close();
    return answer;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    context.log.error("file not readable", { error });
    return emptyAnswer(502);
  } finally {
    if (!isSending) leave();
  }
}

/** The file, or the one whose small version was asked for. */
async function find(path: string, { store }: MsfsContext): Promise<OpenFile | null> {
  const file = await store.open(path);
  const original = originalOf(path);
  return file === null && original !== null ? await store.open(original) : file;
}

type Sending = Parameters<typeof pacedStream>[1];

function answerWith(file: OpenFile, request: Request, sending: Sending): Response {
  const { size, etag, modifiedMs } = file;
  const lasting = {
    ...SAFE_HEADERS,
    "Cache-Control": FOREVER,
    "ETag": etag,
    "Last-Modified": new Date(modifiedMs).toUTCString(),
    "Accept-Ranges": "bytes",
  };
  if (isUnchanged(request.headers, file)) {
    return new Response(null, { status: 304, headers: lasting });
  }
  const asked = request.method === "GET" && rangeApplies(request.headers, file)
    ? rangeOf(request.headers.get("Range"), size)
    : null;
  if (asked === "unsatisfiable") return emptyAnswer(416, { "Content-Range": `bytes */${size}` });
  const { start, length } = asked ?? { start: 0, length: size };
  const headers = {
    ...lasting,
    "Content-Length": String(length),
    "Content-Type": file.mediaType,
    // What a browser might run is offered as a download. Without a name: the URL has one.
    ...(isShown(file.mediaType) ? {} : { "Content-Disposition": "attachment" }),
    ...(asked === null ? {} : { "Content-Range": `bytes ${start}-${start + length - 1}/${size}` }),
  };
  const hasBody = request.method === "GET" && length > 0;
  const body = hasBody ? pacedStream(file.read(start, length), sending) : null;
  return new Response(body, { status: asked === null ? 200 : 206, headers });
}
