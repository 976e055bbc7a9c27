/** Ends the session here and at http_msg_server. */
import { seeOther } from "../lib/answers.ts";
import { ApiError } from "../lib/api.ts";
import { cookieHeader, SESSION_COOKIE } from "../lib/cookies.ts";
import { define } from "../utils.ts";

export const handler = define.handlers({
  GET: () => seeOther("/"),
  async POST(ctx) {
    try {
      if (ctx.state.hasToken) await ctx.state.api.call("POST /logout");
    } catch (error) {
      // Whoever signs out is signed out here, also while http_msg_server is away.
      if (!(error instanceof ApiError)) throw error;
    }
    const gone = cookieHeader(
      { name: SESSION_COOKIE, value: "", maxAgeSec: 0 },
      ctx.state.services,
    );
    return seeOther("/login", [gone]);
  },
});
