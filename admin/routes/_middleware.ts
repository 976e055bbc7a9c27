/** What every page has: its language, its theme, the API in the name of who asks. */
import { Api, ApiError } from "../lib/api.ts";
import { seeOther } from "../lib/answers.ts";
import { cookieHeader, FLASH_COOKIE, readCookies, SESSION_COOKIE } from "../lib/cookies.ts";
import { parseFlash } from "../lib/flash.ts";
import { isSignedOut } from "../lib/forms.ts";
import { lookOf } from "../lib/look.ts";
import { hasFields } from "../lib/kept_form.ts";
import { isForm, wantsData } from "../lib/requests.ts";
import { HttpError } from "fresh";
import { define, type State } from "../utils.ts";

/** The API answers with no others. */
type ErrorStatus = ConstructorParameters<typeof HttpError>[0];

export default define.middleware(async (ctx) => {
  const { headers } = ctx.req;
  const cookies = readCookies(headers);
  const token = cookies.get(SESSION_COOKIE) ?? null;
  Object.assign(ctx.state, lookOf(headers));
  ctx.state.flash = parseFlash(cookies.get(FLASH_COOKIE));
  ctx.state.hasToken = token !== null;
  ctx.state.api = new Api({
    site: ctx.state.services.apiSite,
    token,
    remote: ctx.state.remote,
    agent: headers.get("user-agent") ?? "",
  });
  ctx.state.form = await formOf(ctx.req);
  try {
    const response = await ctx.next();
    if (ctx.state.flash !== null && isPage(response)) {
      const gone = cookieHeader(
        { name: FLASH_COOKIE, value: "", maxAgeSec: 0 },
        ctx.state.services,
      );
      response.headers.append("set-cookie", gone);
    }
    return response;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (isSignedOut(error)) return signedOut(ctx);
    throw new HttpError(error.status as ErrorStatus, error.code, { cause: error });
  }
});

function isPage(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/html") ?? false;
}

/** To the sign-in page, and from there back to where it was; a form that was sent is kept there. */
function signedOut({ req, url, state }: {
  readonly req: Request;
  readonly url: URL;
  readonly state: State;
}): Response {
  if (wantsData(req)) return Response.json({ message: state.t("session.ended") }, { status: 401 });
  if (hasFields(state.form)) throw new HttpError(401, "session_ended");
  const next = encodeURIComponent(url.pathname + url.search);
  const gone = cookieHeader({ name: SESSION_COOKIE, value: "", maxAgeSec: 0 }, state.services);
  return seeOther(`/login?next=${next}`, [gone]);
}

/** Read before anything can fail, so that an error page can give back what was typed. */
async function formOf(request: Request): Promise<FormData> {
  if (!isForm(request)) return new FormData();
  try {
    return await request.formData();
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, "invalid_form", { cause: error });
  }
}
