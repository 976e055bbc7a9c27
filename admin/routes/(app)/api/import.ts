/** One part of a long import. */
import { HttpError } from "fresh";
import { requireManager } from "../../../lib/access.ts";
import { ApiError } from "../../../lib/api.ts";
import { isSignedOut } from "../../../lib/forms.ts";
import { fileErrorText, rowErrorText } from "../../../lib/import_texts.ts";
import { choiceOf } from "../../../lib/query.ts";
import { isForm } from "../../../lib/requests.ts";
import { define } from "../../../utils.ts";

export const handler = define.handlers({
  async POST(ctx) {
    requireManager(ctx.state);
    // The file is the body; that of a form has been read by now.
    if (isForm(ctx.req)) throw new HttpError(400, "invalid_form");
    const { api, t } = ctx.state;
    const on_existing = choiceOf(ctx.url, "on_existing", ["refuse", "update", "skip"]);
    try {
      const answer = await api.call("POST /users/import", {
        query: { on_existing, dry_run: "false" },
        body: await ctx.req.text(),
      });
      return Response.json(answer);
    } catch (error) {
      if (!(error instanceof ApiError) || isSignedOut(error)) throw error;
      const [row] = error.rows;
      const message = row === undefined
        ? fileErrorText(error, t)
        : `${row.field}: ${rowErrorText(row, t)}`;
      return Response.json({ message }, { status: error.status });
    }
  },
});
