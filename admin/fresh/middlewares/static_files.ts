/** Sends bundles and the files of `static/`. */
import { BUILD_PARAM, BUNDLE_PATH, type ClientFile } from "../build/client_build.ts";
import { BUILD } from "../context.ts";
import type { Middleware } from "../handlers.ts";

const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_EACH_TIME = "no-cache";

/**
 * What {@link asset} and pages link to has the id of the build in its URL and is kept for ever. A
 * link with the id of another build is sent to the URL without one. Everything else is asked for
 * each time, and answered with 304 while the browser's copy is good.
 */
export function staticFiles<State>(): Middleware<State> {
  return (ctx) => {
    const { url, req, config } = ctx;
    const build = ctx[BUILD];
    const file = build.files.get(decodedPath(url.pathname));
    if (file === undefined) return ctx.next();
    if (req.method !== "GET" && req.method !== "HEAD") {
      return new Response(null, { status: 405, headers: { allow: "GET, HEAD" } });
    }
    const id = url.searchParams.get(BUILD_PARAM);
    if (id !== null && id !== build.id) {
      url.searchParams.delete(BUILD_PARAM);
      return new Response(null, { status: 307, headers: { location: url.pathname + url.search } });
    }
    const isFixed = id !== null || url.pathname.startsWith(BUNDLE_PATH);
    return fileResponse(req, file, {
      cacheControl: isFixed && config.mode === "production" ? FOR_EVER : ASK_EACH_TIME,
    });
  };
}

function fileResponse(
  { method, headers: asked }: Request,
  { body, contentType, hash }: ClientFile,
  { cacheControl }: { readonly cacheControl: string },
): Response {
  const etag = `"${hash}"`;
  const headers = { "etag": etag, "cache-control": cacheControl, "content-type": contentType };
  const known = asked.get("if-none-match")?.split(",").map((one) => one.trim().replace(/^W\//, ""));
  if (known?.includes(etag)) return new Response(null, { status: 304, headers });
  return new Response(method === "HEAD" ? null : body, {
    headers: { ...headers, "content-length": String(body.length) },
  });
}

/** A path that cannot be decoded is no file's. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
