import { createDefine } from "fresh";

export interface SiteState {
  /** Who has seen the request, in order. */
  trace: string[];
  /** Set by pages, shown by the document around them. */
  title?: string;
}

export const define = createDefine<SiteState>();
