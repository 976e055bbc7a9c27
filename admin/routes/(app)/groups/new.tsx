import { page } from "fresh";
import { FormError, SelectField, TextField } from "../../../components/field.tsx";
import { memberError, MemberField } from "../../../components/member_field.tsx";
import { PageHead } from "../../../components/parts.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done } from "../../../lib/answers.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  NO_FORM,
  RULES,
  valuesOf,
} from "../../../lib/forms.ts";
import { readMembers } from "../../../lib/member_list.ts";
import { define } from "../../../utils.ts";

export const handler = define.handlers({
  GET(ctx) {
    requireManager(ctx.state);
    ctx.state.title = ctx.state.t("groups.add");
    return page(NO_FORM);
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    ctx.state.title = t("groups.add");
    const values = valuesOf(ctx.state.form);
    const again = (errors: FormState["errors"]) => page({ values, errors }, { status: 422 });
    const { name = "", people = "", type } = values;
    try {
      const members = await readMembers(api, people);
      const wrong = memberError(members, t);
      const errors: FormState["errors"] = {
        ...checkValues(values, RULES.group, t),
        ...(wrong !== null && { people: wrong }),
      };
      if (!members.ok || errors.name !== undefined) return again(errors);
      const { id } = await api.call("POST /groups", {
        body: {
          name,
          type: type === "temporary" ? "temporary" : "normal",
          member_ids: [...members.ids],
        },
      });
      return done(`/groups/${id}`, { key: "groups.added", values: { name }, place: services });
    } catch (error) {
      const { member_ids, ...errors } = errorsOf(error, { fields: ["name", "member_ids"], t });
      return again({ ...errors, ...(member_ids !== undefined && { people: member_ids }) });
    }
  },
});

export default define.page<typeof handler>(function NewGroup({ data, state }) {
  const { t } = state;
  const types = (["normal", "temporary"] as const).map((value) => ({
    value,
    label: t(`groups.type_${value}`),
  }));
  return (
    <>
      <PageHead
        title={t("groups.add")}
        note={t("groups.add_note")}
        crumbs={[{ href: "/groups", label: t("groups.title") }]}
      />
      <form method="post" class="card">
        <div class="card-body">
          <FormError form={data} />
          <div class="form-grid">
            <TextField
              form={data}
              name="name"
              label={t("groups.name")}
              rule={RULES.group.name}
              autofocus
            />
            <SelectField
              form={data}
              name="type"
              label={t("groups.type")}
              hint={t("groups.type_hint")}
              value="normal"
              choices={types}
            />
          </div>
          <MemberField form={data} t={t} />
          <div class="form-foot">
            <button type="submit" class="btn btn-primary">{t("groups.add")}</button>
            <a class="btn btn-bare" href="/groups">{t("common.cancel")}</a>
          </div>
        </div>
      </form>
    </>
  );
});
