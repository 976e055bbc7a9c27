import { define } from "../../define.ts";

export const handler = define.handlers({
  GET() {
    throw new Error("secret detail");
  },
});
