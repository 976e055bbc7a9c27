import { HttpError, page } from "fresh";
import { Alone } from "../components/alone.tsx";
import { SendAgain } from "../components/send_again.tsx";
import { SignInForm } from "../components/sign_in_form.tsx";
import { NO_FORM } from "../lib/forms.ts";
import { isTextKey } from "../lib/i18n/mod.ts";
import { hasFile, keptFields } from "../lib/kept_form.ts";
import { lookOf } from "../lib/look.ts";
import { protect } from "../lib/protection.ts";
import { define } from "../utils.ts";

const KNOWN: readonly number[] = [400, 403, 404, 413, 429, 503];
/** Trying the same again is no use. */
const LASTING: readonly number[] = [400, 403, 404, 413];

/** For every method. No middleware sees this answer, so it protects itself. */
export const handler = define.handlers(() => {
  const headers = new Headers();
  protect(headers);
  return page(undefined, { headers });
});

/** Also for what went wrong before a middleware of the routes ran. */
export default define.page<typeof handler>(function ErrorPage({ error, req, state, url }) {
  const { t, lang, theme } = lookOf(req.headers);
  const status = error instanceof HttpError ? error.status : 500;
  const here = url.pathname + url.search;
  if (status === 401) {
    const form = state.form ?? new FormData();
    return (
      <Alone t={t} lang={lang} theme={theme} back="/">
        <div class="alone-head">
          <h1>{t("session.ended")}</h1>
          <p class="muted">{t("session.kept")}</p>
          {hasFile(form) && <p class="muted">{t("session.file")}</p>}
        </div>
        <SignInForm
          form={NO_FORM}
          action={`/login?next=${encodeURIComponent(here)}`}
          kept={hasFile(form) ? [] : keptFields(form)}
          t={t}
        />
      </Alone>
    );
  }
  const known = KNOWN.includes(status) ? status as 400 | 403 | 404 | 413 | 429 | 503 : 500;
  const key = `error.${error instanceof HttpError ? error.message : ""}`;
  return (
    <Alone t={t} lang={lang} theme={theme} back={here}>
      <div class="alone-head">
        <p class="error-code" aria-hidden="true">{status}</p>
        <h1>{t(`failure.${known}`)}</h1>
        <p class="muted">{t(isTextKey(key) ? key : `failure.${known}_note`)}</p>
      </div>
      <div class="form">
        {req.method === "GET" && !LASTING.includes(known) && (
          <a class="btn btn-primary btn-wide" href={here}>
            {t("failure.retry")}
          </a>
        )}
        {req.method === "POST" && !LASTING.includes(known) && state.form !== undefined && (
          <SendAgain fields={state.form} action={here} t={t} />
        )}
        <a class="btn btn-wide" href="/">{t("failure.home")}</a>
      </div>
    </Alone>
  );
});
