/**
 * `fresh/runtime` on the server: what components use. Bundles for browsers get
 * `client/runtime.ts` in its place.
 */
import { type ComponentChildren, h } from "preact";
import { BUILD_PARAM } from "./build/client_build.ts";
import { currentBuildId, HeadMark } from "./render/rendering.ts";

export { HttpError } from "./http_error.ts";

/** Whether this code runs in a browser. */
export const IS_BROWSER: boolean = false;

/** The URL of a file of `static/` under which it may be cached for ever. */
export function asset(path: string): string {
  const id = currentBuildId();
  if (id === null || !path.startsWith("/") || path.startsWith("//")) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${BUILD_PARAM}=${id}`;
}

export interface HeadProps {
  children?: ComponentChildren;
}

/**
 * Puts its children into the `<head>` of the page. A `<title>` takes the place of the one that
 * `_app.tsx` has.
 */
export function Head({ children }: HeadProps): ComponentChildren {
  return h(HeadMark, null, children);
}
