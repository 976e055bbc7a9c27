/** Everything below needs somebody who is signed in and has a password of their own. */
import { HttpError } from "fresh";
import { seeOther } from "../../lib/answers.ts";
import { mayAct } from "../../lib/api.ts";
import { hasFields } from "../../lib/kept_form.ts";
import { wantsData } from "../../lib/requests.ts";
import { define } from "../../utils.ts";

export default define.middleware(async (ctx) => {
  const { pathname, search } = ctx.url;
  if (!ctx.state.hasToken) {
    if (wantsData(ctx.req)) {
      return Response.json({ message: ctx.state.t("session.ended") }, { status: 401 });
    }
    // The error page keeps what was typed.
    if (hasFields(ctx.state.form)) throw new HttpError(401, "session_ended");
    const next = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
    return seeOther(`/login${next}`);
  }
  const me = await ctx.state.api.call("GET /me");
  if (me.must_change_password) return seeOther("/password");
  ctx.state.me = me;
  ctx.state.mayChange = mayAct(me.role, "manager");
  return await ctx.next();
});
