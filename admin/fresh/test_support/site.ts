/** The site that tests use: a small app of routes, islands and static files in `site/`. */
import { Builder } from "fresh/dev";
import { app } from "./site/app.ts";
import type { SiteState } from "./site/define.ts";

const ROOT = `${import.meta.dirname}/site`;

export type SiteHandler = (request: Request) => Promise<Response>;

/** Builds it as for production, without touching the disk. */
export async function buildSite(): Promise<SiteHandler> {
  const applySnapshot = await new Builder<SiteState>({ root: ROOT }).build({ snapshot: "memory" });
  applySnapshot(app);
  return app.handler();
}

export interface ServedSite extends AsyncDisposable {
  readonly origin: string;
}

export async function serveSite(): Promise<ServedSite> {
  const handler = await buildSite();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
