/** Everything below needs somebody who is signed in and has a password of their own. */
import { seeOther } from "../../lib/answers.ts";
import { mayAct } from "../../lib/api.ts";
import { define } from "../../utils.ts";

export default define.middleware(async (ctx) => {
  const { pathname, search } = ctx.url;
  if (!ctx.state.hasToken) {
    if (wantsData(ctx.req)) return new Response(null, { status: 401 });
    const next = pathname === "/" ? "" : `?next=${encodeURIComponent(pathname + search)}`;
    return seeOther(`/login${next}`);
  }
  const me = await ctx.state.api.call("GET /me");
  if (me.must_change_password) return seeOther("/password");
  ctx.state.me = me;
  ctx.state.mayChange = mayAct(me.role, "manager");
  return await ctx.next();
});

function wantsData({ headers }: Request): boolean {
  return /^(application\/json|text\/event-stream)/.test(headers.get("accept") ?? "");
}
