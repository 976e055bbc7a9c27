/** The users of a filter as a CSV file, passed on while it comes. */
import { userFilter } from "../../../lib/users.ts";
import { define } from "../../../utils.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { body } = await ctx.state.api.open("GET /users/export", { query: userFilter(ctx.url) });
    return new Response(body, {
      headers: {
        "content-type": "text/csv; charset=utf-8",
        "content-disposition": 'attachment; filename="users.csv"',
        "cache-control": "no-store",
      },
    });
  },
});
