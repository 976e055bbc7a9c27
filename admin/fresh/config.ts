/** How an {@link App} runs, as its routes see it. */

export type Mode = "development" | "production";

export interface FreshConfig {
  readonly mode?: Mode;
}

export interface ResolvedFreshConfig {
  /** The directory of `routes/`, `islands/` and `static/`, absolute. */
  root: string;
  mode: Mode;
}

/** For a route, layout or `_error.tsx`: what of its surroundings to leave away. */
export interface LayoutConfig {
  readonly skipInheritedLayouts?: boolean;
  readonly skipAppWrapper?: boolean;
}

export interface RouteConfig extends LayoutConfig {
  /** A URL pattern in place of the one that the file's path gives. */
  readonly routeOverride?: string;
}
