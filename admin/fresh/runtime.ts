/**
 * `fresh/runtime` on the server: what components use. Bundles for browsers get
 * `client/runtime.ts` in its place.
 */
import { BUILD_PARAM } from "./build/client_build.ts";
import { currentBuildId } from "./render/request_build.ts";

export { HttpError } from "./http_error.ts";

/** Whether this code runs in a browser. */
export const IS_BROWSER: boolean = false;

/** The URL of a file of `static/` under which it may be cached for ever. */
export function asset(path: string): string {
  const id = currentBuildId();
  if (id === null || !path.startsWith("/") || path.startsWith("//")) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${BUILD_PARAM}=${id}`;
}
