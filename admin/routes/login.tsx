import { page } from "fresh";
import { Alone } from "../components/alone.tsx";
import { SendAgain } from "../components/send_again.tsx";
import { SignInForm } from "../components/sign_in_form.tsx";
import { localPath, seeOther } from "../lib/answers.ts";
import { cookieHeader, SESSION_COOKIE } from "../lib/cookies.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  isFine,
  NO_FORM,
  RULES,
  valuesOf,
} from "../lib/forms.ts";
import { type Fields, keptFields, keptForm } from "../lib/kept_form.ts";
import { define } from "../utils.ts";

interface Data {
  readonly form: FormState;
  /** A form that waits for the sign-in. */
  readonly kept: Fields;
  /** The same, once somebody is signed in. */
  readonly again: FormData | null;
}

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = ctx.state.t("login.title");
    return page<Data>({ form: NO_FORM, kept: [], again: null });
  },
  async POST(ctx) {
    const { api, t, services } = ctx.state;
    ctx.state.title = t("login.title");
    const waiting = keptForm(ctx.state.form);
    const kept = waiting === null ? [] : keptFields(waiting);
    const { name = "", password = "" } = valuesOf(ctx.state.form);
    const values = { name };
    const again = (errors: FormState["errors"]) =>
      page<Data>({ form: { values, errors }, kept, again: null }, { status: 422 });
    const errors = checkValues({ name, password }, RULES.signIn, t);
    if (!isFine(errors)) return again(errors);
    try {
      const { token, must_change_password } = await api.call("POST /login", {
        body: { name, password },
      });
      const cookie = cookieHeader({ name: SESSION_COOKIE, value: token }, services);
      if (waiting !== null && !must_change_password) {
        const headers = { "set-cookie": cookie };
        return page<Data>({ form: NO_FORM, kept: [], again: waiting }, { headers });
      }
      const next = localPath(ctx.url.searchParams.get("next"));
      return seeOther(must_change_password ? "/password" : next, [cookie]);
    } catch (error) {
      return again(errorsOf(error, { fields: [], t }));
    }
  },
});

export default define.page<typeof handler>(function Login({ data, url, state }) {
  const { t, lang, theme } = state;
  const { form, kept, again } = data;
  const next = localPath(url.searchParams.get("next"));
  return (
    <Alone t={t} lang={lang} theme={theme} back={url.pathname + url.search}>
      {again !== null
        ? (
          <>
            <div class="alone-head">
              <h1>{t("session.again")}</h1>
              <p class="muted">{t("session.again_note")}</p>
            </div>
            <SendAgain fields={again} action={next} t={t} />
            <a class="btn btn-wide" href={next}>{t("session.drop")}</a>
          </>
        )
        : (
          <>
            <div class="alone-head">
              <h1>{t("login.title")}</h1>
              <p class="muted">{t(kept.length > 0 ? "session.kept" : "login.note")}</p>
            </div>
            <SignInForm form={form} kept={kept} t={t} />
          </>
        )}
    </Alone>
  );
});
