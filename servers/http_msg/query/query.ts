/**
 * The original's two calls (docs/spec/admin-http.md 2). What the original answers by closing the
 * connection gets an answer here, and who calls has to know an `app_key` when there are any
 * (docs/spec/pitfalls.md P-AUTH7, P-HTTP1, P-HTTP2).
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { readBody } from "../http/read_body.ts";
import type { HttpMsgContext } from "../context.ts";
import { queryAnswer } from "./answers.ts";
import { changeMembers } from "./change_members.ts";
import { createGroup } from "./create_group.ts";
import { isGiven, type Parameters, parametersOf, textOf, uint32Of } from "./parameters.ts";

/** 5000 members with ten digits each, and much room, in bytes. */
const MAX_BODY_BYTES = 256 * 1024;

type Call = (context: HttpMsgContext, parameters: Parameters) => Promise<Response>;

const CALLS: ReadonlyMap<string, Call> = new Map([
  ["/query/CreateGroup", createGroup],
  ["/query/ChangeMembers", changeMembers],
]);

/** COMPAT: method and content type are not looked at. */
export async function answerQuery(
  request: Request,
  path: string,
  context: HttpMsgContext,
): Promise<Response> {
  const call = CALLS.get(path);
  if (call === undefined) return queryAnswer("unknown_call", {}, 404);
  const body = await readBody(request, MAX_BODY_BYTES);
  if (!body.ok) return queryAnswer("bad_parameter", {}, body.refusal === "too_large" ? 413 : 400);
  const parsed = parseJson(body.value);
  if (parsed === undefined) return queryAnswer("bad_parameter", {}, 400);
  const parameters = parametersOf(parsed);
  const appKey = textOf(parameters?.app_key);
  const userId = uint32Of(parameters?.req_user_id);
  if (parameters === null || appKey === undefined || userId === undefined) {
    return queryAnswer("bad_type");
  }
  if (!isAllowed(context, appKey)) return queryAnswer("unknown_app_key");
  if (!context.db.hasUsableLink) return queryAnswer("server_error");
  if (!isGiven(parameters.req_user_id)) return queryAnswer("bad_parameter");
  return await call(context, parameters);
}

/** Every key is compared, in the same time whatever they have in common. */
function isAllowed({ config }: HttpMsgContext, given: string): boolean {
  if (config.query.access === "open") return true;
  const hash = digest(given);
  let isKnown = false;
  for (const key of config.query.appKeys) {
    if (timingSafeEqual(digest(key), hash)) isKnown = true;
  }
  return isKnown;
}

function digest(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

/** `undefined` for a text that is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
