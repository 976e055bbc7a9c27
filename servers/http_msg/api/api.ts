/**
 * The gate of the management API: finds the route, checks rate, credential, role and input, writes
 * the audit log, and turns what handlers return or throw into an answer. Handlers do none of it.
 */
import { nowSec } from "../../../shared/clock.ts";
import { MAX_AGENT_CHARS } from "../../../shared/management/fields.ts";
import type { HttpMsgContext } from "../context.ts";
import { ApiError, errorResponse, jsonResponse } from "../http/errors.ts";
import { remoteOf } from "../../../shared/netlib/mod.ts";
import { proxyStates } from "../links/backend_client.ts";
import { ManageClient } from "../links/manage_client.ts";
import { PresenceClient } from "../links/presence_client.ts";
import { LoginThrottle } from "../state/login_throttle.ts";
import { RateLimit } from "../state/rate_limit.ts";
import { SAMPLE_MS, Sampler } from "../state/sampler.ts";
import { SharedAnswer } from "../state/shared_answer.ts";
import { runAudited } from "./audit.ts";
import type { ApiServices } from "./call.ts";
import { authenticate, authorize } from "./credentials.ts";
import { readInput } from "./input.ts";
import { openApiDocument } from "./openapi.ts";
import { Router } from "./router.ts";
import { routes } from "./routes.ts";

/**
 * How old figures of storage may be, in milliseconds: counting reads every user, and open dashboards
 * ask all the time.
 */
const FIGURES_MS = 5000;

export interface Api {
  answer(request: Request, remote: string): Promise<Response>;
  stop(): void;
}

export function openApi(context: HttpMsgContext): Api {
  const { clock, config, log } = context;
  const presence = new PresenceClient(context.routes, clock);
  const manage = new ManageClient(context.db);
  const services: ApiServices = {
    ...context,
    manage,
    presence,
    logins: new LoginThrottle(),
    sampler: new Sampler(clock, presence),
    figures: new SharedAnswer(clock, FIGURES_MS, () => manage.run("figures.read", null)),
    proxies: new SharedAnswer(clock, SAMPLE_MS, () => proxyStates(context.db)),
    document: () => openApiDocument(routes),
  };
  const router = new Router(routes);
  const rates = new RateLimit(clock, config.api.requestsPerSecond);

  const answer = async (request: Request, remote: string): Promise<Response> => {
    const now = nowSec(clock);
    const wait = rates.take(remote);
    if (wait > 0) {
      throw new ApiError("too_many_requests", { headers: { "Retry-After": String(wait) } });
    }
    const { route, params } = router.find(request.method, new URL(request.url).pathname);
    const who = route.access === "public"
      ? null
      : await authenticate(request, services.manage, now);
    if (who !== null && route.access !== "public") authorize(route.access, who);
    const input = await readInput(route, request, params);
    const agent = (request.headers.get("user-agent") ?? "").slice(0, MAX_AGENT_CHARS);
    const result = await runAudited(route, { services, now, remote, agent, who }, input);
    if (result instanceof Response) return result;
    return jsonResponse(route.status, result);
  };
  return {
    async answer(request, peer) {
      const remote = remoteOf(request, peer, config.api.trustedProxies);
      try {
        return await answer(request, remote);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        log.debug("request refused", { code: error.code });
        return errorResponse(error.code, error.details);
      }
    },
    stop: () => presence.stop(),
  };
}
