/** People for the picker: few, and only what it shows. */
import { searchOf } from "../../../lib/query.ts";
import { define } from "../../../utils.ts";

const SHOWN = 8;
const NOT_LEFT = "0,1,2,4";

export const handler = define.handlers({
  async GET(ctx) {
    const { items } = await ctx.state.api.call("GET /users", {
      query: { search: searchOf(ctx.url), status: NOT_LEFT, sort: "name", page_size: SHOWN },
    });
    const people = items.map(({ id, name, nick }) => ({ id, name, nick }));
    return Response.json(people, { headers: { "cache-control": "no-store" } });
  },
});
