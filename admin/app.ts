/** The app of the web admin: what every request passes before it comes to a route. */
import { App, csp, csrf, HttpError, staticFiles } from "fresh";
import type { Clock } from "../shared/clock.ts";
import type { Logger } from "../shared/log/mod.ts";
import type { AdminConfig } from "./config.ts";
import { Places } from "./lib/places.ts";
import { type AdminServices, define, type State } from "./utils.ts";

/** Dashboards that are open at a time; a further one shows figures that stand still. */
const MAX_DASHBOARDS = 100;

export interface AdminDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

export function createAdminApp(config: AdminConfig, { clock, log }: AdminDeps): App<State> {
  const { apiSite, msfsSite, publicMsfsSite, secureCookies, publicOrigin } = config;
  const listeners = new Places(MAX_DASHBOARDS);
  const sites = { apiSite, msfsSite, publicMsfsSite };
  const services: AdminServices = { ...sites, secureCookies, clock, log, listeners };
  return new App<State>()
    // Nothing inline, nothing from elsewhere, in no other site's frame.
    .use(csp({ useNonce: true }))
    .use(staticFiles())
    .use(define.middleware((ctx) => {
      ctx.state.services = services;
      return ctx.next();
    }))
    .use(logFailures)
    .use(csrf(publicOrigin === null ? {} : { origin: publicOrigin }))
    .fsRoutes();
}

/** What was not thrown on purpose is ours to mend; `_error.tsx` tells the administrator no details. */
const logFailures = define.middleware(async (ctx) => {
  try {
    return await ctx.next();
  } catch (error) {
    if (!(error instanceof HttpError)) {
      ctx.state.services.log.error("request failed", {
        method: ctx.req.method,
        route: ctx.route,
        error,
      });
    }
    throw error;
  }
});
