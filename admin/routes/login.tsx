import { page } from "fresh";
import { Alone } from "../components/alone.tsx";
import { FormError, TextField } from "../components/field.tsx";
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
import { define } from "../utils.ts";

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = ctx.state.t("login.title");
    return page(NO_FORM);
  },
  async POST(ctx) {
    const { api, t, services } = ctx.state;
    ctx.state.title = t("login.title");
    const values = valuesOf(ctx.state.form);
    const again = (errors: FormState["errors"]) => page({ values, errors }, { status: 422 });
    const errors = checkValues(values, RULES.signIn, t);
    if (!isFine(errors)) return again(errors);
    const { name = "", password = "" } = values;
    try {
      const { token, must_change_password } = await api.call("POST /login", {
        body: { name, password },
      });
      const next = localPath(ctx.url.searchParams.get("next"));
      return seeOther(must_change_password ? "/password" : next, [
        cookieHeader({ name: SESSION_COOKIE, value: token }, services),
      ]);
    } catch (error) {
      return again(errorsOf(error, { fields: [], t }));
    }
  },
});

export default define.page<typeof handler>(function Login({ data, url, state }) {
  const { t, lang, theme } = state;
  return (
    <Alone t={t} lang={lang} theme={theme} back={url.pathname + url.search}>
      <div class="alone-head">
        <h1>{t("login.title")}</h1>
        <p class="muted">{t("login.note")}</p>
      </div>
      <form method="post" class="form">
        <FormError form={data} />
        <TextField
          form={data}
          name="name"
          label={t("login.name")}
          rule={RULES.signIn.name}
          autocomplete="username"
          autofocus={data.values.name === undefined}
        />
        <TextField
          form={data}
          name="password"
          type="password"
          label={t("login.password")}
          rule={RULES.signIn.password}
          autocomplete="current-password"
          autofocus={data.values.name !== undefined}
        />
        <button type="submit" class="btn btn-primary btn-wide">{t("login.submit")}</button>
      </form>
    </Alone>
  );
});
