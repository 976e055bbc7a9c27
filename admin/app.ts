/** The app of the web admin: what every request passes before it comes to a route. */
import { App, csp, csrf, HttpError, staticFiles } from "fresh";
import type { Clock } from "../shared/clock.ts";
import type { Logger } from "../shared/log/mod.ts";
import { formatAddress, remoteOf } from "../shared/netlib/mod.ts";
import type { AdminConfig } from "./config.ts";
import { Places } from "./lib/places.ts";
import { protect } from "./lib/protection.ts";
import { RequestLimits } from "./request_limits.ts";
import { type AdminServices, define, type State } from "./utils.ts";

/** Dashboards that are open at a time; a further one shows figures that stand still. */
const MAX_DASHBOARDS = 100;

export interface AdminDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

export function createAdminApp(config: AdminConfig, { clock, log }: AdminDeps): App<State> {
  const { apiSite, msfsSite, publicMsfsSite, msfsUploadSecret, secureCookies, publicOrigin } =
    config;
  const listeners = new Places(MAX_DASHBOARDS);
  const limits = new RequestLimits();
  const sites = { apiSite, msfsSite, publicMsfsSite, msfsUploadSecret };
  const services: AdminServices = { ...sites, secureCookies, clock, log, listeners };
  return new App<State>()
    .use(protectAnswer)
    // Nothing inline, nothing from elsewhere, in no other site's frame.
    .use(csp({ useNonce: true }))
    .use(define.middleware((ctx) => {
      ctx.state.services = services;
      ctx.state.remote = remoteOf(ctx.req, peerOf(ctx.info), config.trustedProxies);
      return limits.run(ctx.req, (limited) => {
        ctx.req = limited;
        return ctx.next();
      });
    }))
    .use(staticFiles())
    .use(logFailures)
    .use(csrf(publicOrigin === null ? {} : { origin: publicOrigin }))
    .fsRoutes();
}

/** Error pages, which come about outside of every middleware, do the same themselves. */
const protectAnswer = define.middleware(async (ctx) => {
  const response = await ctx.next();
  protect(response.headers);
  return response;
});

function peerOf({ remoteAddr }: Deno.ServeHandlerInfo): string {
  return remoteAddr.transport === "tcp"
    ? formatAddress({ host: remoteAddr.hostname, port: remoteAddr.port })
    : "127.0.0.1";
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
