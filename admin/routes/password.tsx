import { page } from "fresh";
import { Alone } from "../components/alone.tsx";
import { FormError, TextField } from "../components/field.tsx";
import { done, seeOther } from "../lib/answers.ts";
import { ApiError } from "../lib/api.ts";
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

const FIELDS = ["current_password", "new_password", "repeated_password"];

/** A new password for oneself: asked for after the first sign-in, and chosen from the menu. */
export const handler = define.handlers({
  async GET(ctx) {
    if (!ctx.state.hasToken) return seeOther("/login");
    const { must_change_password } = await ctx.state.api.call("GET /me");
    ctx.state.title = ctx.state.t("password.title");
    return page({ form: NO_FORM as FormState, isForced: must_change_password });
  },
  async POST(ctx) {
    if (!ctx.state.hasToken) return seeOther("/login");
    const { api, t, services } = ctx.state;
    ctx.state.title = t("password.title");
    const { must_change_password } = await api.call("GET /me");
    const values = valuesOf(ctx.state.form);
    const again = (errors: FormState["errors"]) =>
      page({ form: { values, errors }, isForced: must_change_password }, { status: 422 });
    const { current_password = "", new_password = "" } = values;
    const errors = checkValues(values, RULES.ownPassword, t);
    if (!isFine(errors)) return again(errors);
    if (new_password !== values.repeated_password) {
      return again({ repeated_password: t("password.differs") });
    }
    try {
      await api.call("PUT /me/password", { body: { current_password, new_password } });
      return done("/", { key: "password.done", place: services });
    } catch (error) {
      if (error instanceof ApiError && error.code === "wrong_password") {
        return again({ current_password: t("password.wrong") });
      }
      return again(errorsOf(error, { fields: FIELDS, t }));
    }
  },
});

export default define.page<typeof handler>(function Password({ data, url, state }) {
  const { t, lang, theme } = state;
  const { form, isForced } = data;
  return (
    <Alone t={t} lang={lang} theme={theme} back={url.pathname}>
      <div class="alone-head">
        <h1>{t("password.title")}</h1>
        <p class="muted">{t(isForced ? "password.forced" : "password.note")}</p>
      </div>
      <form method="post" class="form">
        <FormError form={form} />
        <TextField
          form={form}
          name="current_password"
          type="password"
          label={t("password.current")}
          rule={RULES.ownPassword.current_password}
          autocomplete="current-password"
          autofocus
        />
        <TextField
          form={form}
          name="new_password"
          type="password"
          label={t("password.new")}
          hint={t("password.hint")}
          rule={RULES.ownPassword.new_password}
          autocomplete="new-password"
        />
        <TextField
          form={form}
          name="repeated_password"
          type="password"
          label={t("password.repeat")}
          rule={RULES.ownPassword.new_password}
          autocomplete="new-password"
        />
        <button type="submit" class="btn btn-primary btn-wide">{t("password.submit")}</button>
      </form>
      {isForced
        ? (
          <form method="post" action="/logout">
            <button type="submit" class="btn btn-bare btn-wide">{t("app.sign_out")}</button>
          </form>
        )
        : <a class="btn btn-bare btn-wide" href="/">{t("common.cancel")}</a>}
    </Alone>
  );
});
