/** `fresh/runtime` in bundles for browsers; the server has `runtime.ts`. */
import { BUILD_PARAM } from "../build/client_build.ts";
import { pageData } from "./page_data.ts";

export { HttpError } from "../http_error.ts";

export const IS_BROWSER: boolean = true;

export function asset(path: string): string {
  const id = pageData()?.build;
  if (id === undefined || !path.startsWith("/") || path.startsWith("//")) return path;
  return `${path}${path.includes("?") ? "&" : "?"}${BUILD_PARAM}=${id}`;
}
