/** What middlewares, routes and pages of the admin share. */
import { createDefine } from "fresh";
import type { Clock } from "../shared/clock.ts";
import type { Secret } from "../shared/config/mod.ts";
import type { Logger } from "../shared/log/mod.ts";
import type { Places } from "./lib/places.ts";
import type { PageState } from "./lib/state.ts";

/** What the process gives to every request: see `createAdminApp`. */
export interface AdminServices {
  /** Base URL of http_msg_server, like `http://127.0.0.1:8400/`. */
  readonly apiSite: string;
  /** Base URL of msfs, for pictures; `null` for a suite without one. */
  readonly msfsSite: string | null;
  /** The same as clients reach it: what is stored with a picture. */
  readonly publicMsfsSite: string | null;
  /** What an msfs with `UploadSecret` asks for. */
  readonly msfsUploadSecret: Secret<string> | null;
  /** Cookies are for TLS only. */
  readonly secureCookies: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Of open dashboards. */
  readonly listeners: Places;
}

/** Of one request. */
export interface State extends PageState {
  services: AdminServices;
  /** Address of the browser. */
  remote: string;
}

export const define = createDefine<State>();
