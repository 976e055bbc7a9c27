import { createDefine } from "fresh";

export interface SiteState {
  /** Who has seen the request, in order. */
  trace: string[];
}

export const define = createDefine<SiteState>();
