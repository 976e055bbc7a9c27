/** Pictures of msfs, so that pages ask no other host. */
import { HttpError } from "fresh";
import { storedPicture } from "../../../lib/pictures.ts";
import { define } from "../../../utils.ts";

const PICTURE_LIMIT_MS = 10_000;
/** Names on msfs are never used again. */
const CACHING = "private, max-age=86400, immutable";

export const handler = define.handlers({
  async GET(ctx) {
    const url = storedPicture(ctx.params.path ?? "", ctx.state.services.msfsSite);
    if (url === null) throw new HttpError(404);
    const response = await ask(url);
    const type = response?.headers.get("content-type") ?? "";
    if (response === null || !response.ok || !/^image\/(png|jpeg|gif)$/.test(type)) {
      await response?.body?.cancel();
      throw new HttpError(404);
    }
    return new Response(response.body, {
      headers: { "content-type": type, "cache-control": CACHING },
    });
  },
});

/** `null` while msfs is away: the page then shows no picture. */
async function ask(url: URL): Promise<Response | null> {
  try {
    return await fetch(url, { redirect: "error", signal: AbortSignal.timeout(PICTURE_LIMIT_MS) });
  } catch {
    return null;
  }
}
