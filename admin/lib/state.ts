/** What the middlewares of `routes/` know of a request, for its handlers and its page. */
import type { Theme } from "../components/choices.tsx";
import type { Api, Me } from "./api.ts";
import type { Flash } from "./flash.ts";
import type { Lang, Translate } from "./i18n/mod.ts";

export interface PageState {
  lang: Lang;
  t: Translate;
  theme: Theme;
  /** What was done before this page. */
  flash: Flash | null;
  /** Whether the browser has a session, good or not. */
  hasToken: boolean;
  api: Api;
  /** Who is signed in; only below `(app)`. */
  me: Me;
  /** Whether they may do more than look; only below `(app)`. */
  mayChange: boolean;
  /** What a form sent; empty for anything else. */
  form: FormData;
  /** Title of the page. */
  title?: string;
}
