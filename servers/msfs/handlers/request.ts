/** Which handler answers a request, and what is answered when it fails. */
import { emptyAnswer } from "../answers.ts";
import type { MsfsContext } from "../context.ts";
import { download } from "./download.ts";
import { upload } from "./upload.ts";

/** @param address of the client, without its port */
export async function answerRequest(
  request: Request,
  address: string,
  context: MsfsContext,
): Promise<Response> {
  try {
    switch (request.method) {
      case "GET":
      case "HEAD":
        return await download(request, address, context);
      case "POST":
        return await upload(request, address, context);
      default:
        return emptyAnswer(403); // As the original; it knows no HEAD.
    }
  } catch (error) {
    context.log.error("request failed", { method: request.method, error });
    return emptyAnswer(500);
  }
}
