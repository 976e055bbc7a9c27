import { define } from "../define.ts";

export default define.middleware((ctx) => {
  ctx.state.trace.push("root");
  return ctx.next();
});
