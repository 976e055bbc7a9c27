import { HttpError } from "fresh";
import { Alone } from "../components/alone.tsx";
import { isTextKey } from "../lib/i18n/mod.ts";
import { lookOf } from "../lib/look.ts";
import { define } from "../utils.ts";

const KNOWN: readonly number[] = [403, 404, 429, 503];

/** Also for what went wrong before a middleware of the routes ran. */
export default define.page(function ErrorPage({ error, req, url }) {
  const { t, lang, theme } = lookOf(req.headers);
  const status = error instanceof HttpError ? error.status : 500;
  const known = KNOWN.includes(status) ? status as 403 | 404 | 429 | 503 : 500;
  const key = `error.${error instanceof HttpError ? error.message : ""}`;
  return (
    <Alone t={t} lang={lang} theme={theme} back={url.pathname + url.search}>
      <div class="alone-head">
        <p class="error-code" aria-hidden="true">{status}</p>
        <h1>{t(`failure.${known}`)}</h1>
        <p class="muted">{t(isTextKey(key) ? key : `failure.${known}_note`)}</p>
      </div>
      <div class="form">
        {req.method === "GET" && known !== 404 && known !== 403 && (
          <a class="btn btn-primary btn-wide" href={url.pathname + url.search}>
            {t("failure.retry")}
          </a>
        )}
        <a class="btn btn-wide" href="/">{t("failure.home")}</a>
      </div>
    </Alone>
  );
});
