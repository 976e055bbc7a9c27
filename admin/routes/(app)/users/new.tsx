import { page } from "fresh";
import { FormError, TextField } from "../../../components/field.tsx";
import { PageHead } from "../../../components/parts.tsx";
import { UserFields } from "../../../components/user_fields.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done } from "../../../lib/answers.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  isFine,
  NO_FORM,
  RULES,
  valuesOf,
} from "../../../lib/forms.ts";
import { numberOf } from "../../../lib/query.ts";
import { USER_FORM_FIELDS, userBody } from "../../../lib/users.ts";
import { define } from "../../../utils.ts";

const NEW_USER_RULES = { ...RULES.user, ...RULES.userPassword };

export const handler = define.handlers({
  async GET(ctx) {
    requireManager(ctx.state);
    ctx.state.title = ctx.state.t("users.add");
    const { items: departments } = await ctx.state.api.call("GET /departments");
    const form: FormState = NO_FORM;
    return page({ departments, form });
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    ctx.state.title = t("users.add");
    const values = valuesOf(ctx.state.form);
    const again = async (errors: FormState["errors"]) => {
      const { items: departments } = await api.call("GET /departments");
      return page({ departments, form: { values, errors } }, { status: 422 });
    };
    const errors = checkValues(values, NEW_USER_RULES, t);
    if (!isFine(errors)) return await again(errors);
    try {
      const { id, name } = await api.call("POST /users", {
        body: { ...userBody(values), password: values.password ?? "" },
      });
      return done(`/users/${id}`, { key: "users.added", values: { name }, place: services });
    } catch (error) {
      return await again(errorsOf(error, { fields: USER_FORM_FIELDS, t }));
    }
  },
});

export default define.page<typeof handler>(function NewUser({ data, url, state }) {
  const { t } = state;
  const { departments, form } = data;
  const department = numberOf(url, "department_id", {
    min: 1,
    max: 0xffff_ffff,
    fallback: departments[0]?.id ?? 0,
  });
  return (
    <>
      <PageHead
        title={t("users.add")}
        note={t("users.add_note")}
        crumbs={[{ href: "/users", label: t("users.title") }]}
      />
      {departments.length === 0 && (
        <p class="notice notice-warn">
          <span>
            {t("users.needs_department")} <a href="/departments">{t("departments.title")}</a>
          </span>
        </p>
      )}
      <form method="post" class="card">
        <div class="card-body">
          <FormError form={form} />
          <UserFields
            form={form}
            user={{ department_id: department }}
            departments={departments}
            isNew
            t={t}
          />
          <TextField
            form={form}
            name="password"
            type="password"
            label={t("users.password")}
            hint={t("users.password_hint")}
            rule={RULES.userPassword.password}
            autocomplete="new-password"
          />
          <div class="form-foot">
            <button type="submit" class="btn btn-primary">{t("users.add")}</button>
            <a class="btn btn-bare" href="/users">{t("common.cancel")}</a>
          </div>
        </div>
      </form>
    </>
  );
});
