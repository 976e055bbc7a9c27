import { HttpError } from "fresh";
import { define } from "../../define.ts";

export const handler = define.middleware([
  (ctx) => {
    ctx.state.trace.push("shop");
    return ctx.next();
  },
  (ctx) => {
    if (ctx.url.searchParams.has("closed")) throw new HttpError(403, "Closed");
    return ctx.next();
  },
]);
