import { page } from "fresh";
import { define } from "../../../define.ts";

export const handler = define.handlers({
  GET: () => page({ name: "", problem: null as string | null }),
  async POST(ctx) {
    const name = String((await ctx.req.formData()).get("name") ?? "");
    if (name !== "") return ctx.redirect(`/items/${encodeURIComponent(name)}`, 303);
    return page({ name, problem: "A name is needed" }, {
      status: 422,
      headers: { "x-problem": "name" },
    });
  },
});

export default define.page<typeof handler>(({ data }) => (
  <form method="post">
    <input name="name" value={data.name} />
    {data.problem !== null && <p role="alert">{data.problem}</p>}
    <button type="submit">Add</button>
  </form>
));
