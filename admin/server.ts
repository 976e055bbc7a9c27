/** The web admin as a server: in a process of its own, or in that of the suite. */
import type { App } from "fresh";
import { Builder, BuildError } from "fresh/dev";
import { ConfigError } from "../shared/config/mod.ts";
import type { Logger } from "../shared/log/mod.ts";
import { type Address, remoteOf } from "../shared/netlib/mod.ts";
import type { RoleDeps, RunningServer } from "../shared/role.ts";
import { createAdminApp } from "./app.ts";
import type { AdminConfig } from "./config.ts";
import { protect } from "./lib/protection.ts";
import type { State } from "./utils.ts";

/** Connections at a time on each address; a further one is closed at once. */
const MAX_CONNECTIONS = 4096;

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
  const answer = answerWith(app.handler(), log);

  await using opened = new AsyncDisposableStack();
  const bound: Address[] = [];
  for (const { tls, ...address } of config.listen) {
    const listener = await network.serveHttp(address, answer, { maxLinks: MAX_CONNECTIONS, tls });
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

function answerWith(
  handler: ReturnType<App<State>["handler"]>,
  log: Logger,
): (request: Request, peer: string) => Promise<Response> {
  return async (request, peer) => {
    const info: Deno.ServeHandlerInfo = {
      // Without the port; whom a proxy speaks for is the app's to say.
      remoteAddr: { transport: "tcp", hostname: remoteOf(request, peer, []), port: 0 },
      completed: Promise.resolve(),
    };
    try {
      return await handler(request, info);
    } catch (error) {
      log.error("error page failed", { method: request.method, error });
      const response = new Response("Internal server error", { status: 500 });
      protect(response.headers);
      return response;
    }
  };
}
