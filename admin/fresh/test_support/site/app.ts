/** The app of the test site, as an app's `main.ts` makes it. */
import { App, csp, csrf, staticFiles } from "fresh";
import type { SiteState } from "./define.ts";

export const app = new App<SiteState>()
  .use(csp({ useNonce: true }))
  .use(staticFiles())
  .use(csrf())
  .use((ctx) => {
    ctx.state.trace = [];
    return ctx.next();
  })
  .get("/plain", () => new Response("plain"))
  .fsRoutes();
