/** Where an import in parts ends: the list of users, which says what was done. */
import { done } from "../../../lib/answers.ts";
import { numberOf } from "../../../lib/query.ts";
import { define } from "../../../utils.ts";

const COUNT = { min: 0, max: 1_000_000, fallback: 0 };

export const handler = define.handlers({
  GET(ctx) {
    const values = {
      added: numberOf(ctx.url, "added", COUNT),
      updated: numberOf(ctx.url, "updated", COUNT),
    };
    return done("/users", { key: "import.done", values, place: ctx.state.services });
  },
});
