/**
 * Which build the request under way is answered with. It is found through the asynchronous context:
 * components call `asset()` without being given anything.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import type { ClientBuild } from "../build/client_build.ts";

const builds = new AsyncLocalStorage<ClientBuild>();

export function withBuild<T>(build: ClientBuild, run: () => T): T {
  return builds.run(build, run);
}

/** `null` outside of a request. */
export function currentBuildId(): string | null {
  return builds.getStore()?.id ?? null;
}
