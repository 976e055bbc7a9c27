import { ok, refused, type Result } from "../../../shared/result.ts";

/**
 * The body of a request as text. `too_large` when it has more bytes; the rest is then not read.
 * `unreadable` for what is no UTF-8, and for one whose sender has gone.
 */
export async function readBody(
  request: Request,
  maxBytes: number,
): Promise<Result<string, "too_large" | "unreadable">> {
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) return refused("too_large");
  if (request.body === null) return ok("");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const parts: string[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.body) {
      bytes += chunk.length;
      if (bytes > maxBytes) return refused("too_large");
      parts.push(decoder.decode(chunk, { stream: true }));
    }
    parts.push(decoder.decode());
  } catch {
    return refused("unreadable");
  }
  return ok(parts.join(""));
}
