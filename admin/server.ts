/** The web admin as a server: in a process of its own, or in that of the suite. */
import type { App } from "fresh";
import { Builder, BuildError } from "fresh/dev";
import { ConfigError } from "../shared/config/mod.ts";
import type { Logger } from "../shared/log/mod.ts";
import { type Address, remoteOf } from "../shared/netlib/mod.ts";
import type { RoleDeps, RunningServer } from "../shared/role.ts";
import { createAdminApp } from "./app.ts";
import type { AdminConfig } from "./config.ts";
import { RequestLimits } from "./request_limits.ts";
import type { State } from "./utils.ts";

/** The folder of `routes/`, `islands/` and `static/`. */
const ROOT = import.meta.dirname!;

/**
 * Listens when the pages are built. After a change of what browsers get that takes a moment, and
 * needs the permission to run esbuild.
 * @throws {ConfigError} when they cannot be built
 * @throws {ListenError} when an address cannot be bound; nothing is left open then
 */
export async function startAdminServer(
  config: AdminConfig,
  deps: Pick<RoleDeps, "network" | "clock" | "log">,
): Promise<RunningServer<"http">> {
  const { network, log } = deps;
  const app = createAdminApp(config, deps);
  await buildPages(app);
  const answer = requestGate(config, { handler: app.handler(), log });

  await using opened = new AsyncDisposableStack();
  const bound: Address[] = [];
  for (const address of config.listen) {
    const listener = await network.serveHttp(address, answer);
    opened.defer(() => listener.stop());
    bound.push(listener.address);
  }
  const addresses = { http: bound[0]! };
  log.info("listening", addresses);
  const resources = opened.move();
  const stop = (): Promise<void> => resources.disposeAsync();
  return { addresses, stop, [Symbol.asyncDispose]: stop };
}

async function buildPages(app: App<State>): Promise<void> {
  try {
    const applySnapshot = await new Builder<State>({ root: ROOT }).build();
    applySnapshot(app);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    throw new ConfigError([`${error.message} ('deno task admin:build' builds them)`], {
      cause: error,
    });
  }
}

function requestGate(
  { trustedProxies }: AdminConfig,
  { handler, log }: {
    readonly handler: (request: Request, info: Deno.ServeHandlerInfo) => Promise<Response>;
    readonly log: Logger;
  },
): (request: Request, peer: string) => Promise<Response> {
  const limits = new RequestLimits();
  return async (request, peer) => {
    const hostname = remoteOf(request, peer, trustedProxies);
    const info: Deno.ServeHandlerInfo = {
      remoteAddr: { transport: "tcp", hostname, port: 0 },
      completed: Promise.resolve(),
    };
    const response = await limits.run(request, (limited) => handler(limited, info))
      .catch((error) => {
        log.error("error page failed", { method: request.method, error });
        return new Response("Internal server error", { status: 500 });
      });
    keepPrivate(response.headers);
    return response;
  };
}

/** Pages show what only this administrator may see: no cache keeps them, no other site hears of them. */
function keepPrivate(headers: Headers): void {
  headers.set("X-Content-Type-Options", "nosniff");
  headers.set("Referrer-Policy", "same-origin");
  if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
}
