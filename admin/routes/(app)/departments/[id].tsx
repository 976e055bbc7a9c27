import { HttpError, page } from "fresh";
import { Confirm } from "../../../components/confirm.tsx";
import { FormError, SelectField, TextField } from "../../../components/field.tsx";
import { Icon } from "../../../components/icon.tsx";
import { Pager } from "../../../components/pager.tsx";
import { Avatar, Badge, Card, Empty, PageHead } from "../../../components/parts.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done, seeOther } from "../../../lib/answers.ts";
import type { Api } from "../../../lib/api.ts";
import { departmentChoices } from "../../../lib/departments.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  isFine,
  NO_FORM,
  RULES,
  valuesOf,
} from "../../../lib/forms.ts";
import { movePeople } from "../../../lib/move_people.ts";
import { idOf, lastPage, numberOf } from "../../../lib/query.ts";
import { statusKey } from "../../../lib/users.ts";
import { define } from "../../../utils.ts";

const PAGE_SIZE = 50;

interface Forms {
  readonly save?: FormState;
  readonly move?: FormState;
  readonly remove?: FormState;
}

async function load(api: Api, url: URL, { id, forms }: { id: number; forms: Forms }) {
  const number = numberOf(url, "page", { min: 1, max: 1_000_000, fallback: 1 });
  const [department, departments, people] = await Promise.all([
    api.call("GET /departments/{id}", { path: { id } }),
    api.call("GET /departments"),
    api.call("GET /users", {
      query: { department_id: id, sort: "name", page: number, page_size: PAGE_SIZE },
    }),
  ]);
  return { department, departments: departments.items, people, forms };
}

function departmentId(params: Record<string, string>): number {
  const id = idOf(params.id);
  if (id === null) throw new HttpError(404, "unknown_department");
  return id;
}

export const handler = define.handlers({
  async GET(ctx) {
    const id = departmentId(ctx.params);
    const data = await load(ctx.state.api, ctx.url, { id, forms: {} });
    const last = lastPage(ctx.url, data.people);
    if (last !== null) return seeOther(last);
    ctx.state.title = data.department.name;
    return page(data);
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    const id = departmentId(ctx.params);
    const path = { id };
    const form = ctx.state.form;
    const values = valuesOf(form);
    const here = `/departments/${id}`;
    const again = async (forms: Forms) => {
      const data = await load(api, ctx.url, { id, forms });
      ctx.state.title = data.department.name;
      return page(data, { status: 422 });
    };
    if (values.intent === "delete") {
      try {
        await api.call("DELETE /departments/{id}", { path });
        return done("/departments", { key: "departments.deleted", place: services });
      } catch (error) {
        return await again({ remove: { values, errors: errorsOf(error, { fields: [], t }) } });
      }
    }
    if (values.intent === "move_people") {
      const names = form.getAll("person").filter((one) => typeof one === "string");
      if (names.length === 0) {
        return await again({ move: { values, errors: { "": t("departments.nobody_chosen") } } });
      }
      try {
        const department = Number(values.to_department ?? 0);
        const count = await movePeople(api, { names, department });
        return done(here, { key: "departments.people_moved", values: { count }, place: services });
      } catch (error) {
        return await again({ move: { values, errors: errorsOf(error, { fields: [], t }) } });
      }
    }
    const errors = checkValues(values, RULES.department, t);
    if (!isFine(errors)) return await again({ save: { values, errors } });
    const { name = "", priority = "", parent_id = "" } = values;
    try {
      await api.call("PATCH /departments/{id}", {
        path,
        body: { name, priority: Number(priority), parent_id: Number(parent_id) },
      });
      return done(here, { key: "departments.saved", values: { name }, place: services });
    } catch (error) {
      const fields = ["name", "priority", "parent_id"];
      return await again({ save: { values, errors: errorsOf(error, { fields, t }) } });
    }
  },
});

export default define.page<typeof handler>(function DepartmentPage({ data, url, state }) {
  const { t, lang, mayChange } = state;
  const { department, departments, people, forms } = data;
  const form = forms.save ?? NO_FORM;
  const move = forms.move ?? NO_FORM;
  const others = departmentChoices(departments).filter(({ value }) => value !== department.id);
  const shared = { form, disabled: !mayChange };
  return (
    <>
      <PageHead
        title={department.name}
        crumbs={[{ href: "/departments", label: t("departments.title") }]}
      >
        {mayChange && (
          <a class="btn" href={`/users/new?department_id=${department.id}`}>
            <Icon name="plus" />
            {t("users.add")}
          </a>
        )}
      </PageHead>
      <div class="columns">
        <section class="card" aria-label={t("departments.people_title")}>
          <div class="card-head">
            <h2>{t("departments.people_title")}</h2>
          </div>
          {people.total === 0
            ? <Empty icon="users" title={t("departments.nobody")} />
            : (
              <form method="post">
                {mayChange && others.length > 0 && (
                  <div class="toolbar">
                    <FormError form={move} />
                    <SelectField
                      form={move}
                      name="to_department"
                      label={t("departments.move_to")}
                      choices={others}
                    />
                    <input type="hidden" name="intent" value="move_people" />
                    <button type="submit" class="btn">{t("departments.move_chosen")}</button>
                  </div>
                )}
                <div class="table-wrap">
                  <table class="table">
                    <thead>
                      <tr>
                        {mayChange && (
                          <th scope="col">
                            <span class="visually-hidden">{t("common.choose")}</span>
                          </th>
                        )}
                        <th scope="col">{t("users.person")}</th>
                        <th scope="col">{t("users.status")}</th>
                      </tr>
                    </thead>
                    <tbody>
                      {people.items.map((user) => (
                        <tr key={user.id}>
                          {mayChange && (
                            <td class="check-cell">
                              <input
                                type="checkbox"
                                name="person"
                                value={user.name}
                                aria-label={t("common.choose_one", { name: user.name })}
                              />
                            </td>
                          )}
                          <td>
                            <a class="person" href={`/users/${user.id}`}>
                              <Avatar
                                id={user.id}
                                name={user.nick || user.name}
                                avatar={user.avatar}
                              />
                              <span class="person-text">
                                <strong>{user.nick || user.name}</strong>
                                <span class="small muted">{user.name}</span>
                              </span>
                            </a>
                          </td>
                          <td>
                            <Badge>{t(statusKey(user.status))}</Badge>
                          </td>
                        </tr>
                      ))}
                    </tbody>
                  </table>
                </div>
              </form>
            )}
          <Pager
            url={url}
            page={people.page}
            pageSize={PAGE_SIZE}
            total={people.total}
            t={t}
            lang={lang}
          />
        </section>
        <div class="stack">
          <Card title={t("departments.settings")}>
            <form method="post" class="form">
              <FormError form={form} />
              <TextField
                {...shared}
                name="name"
                label={t("departments.name")}
                value={department.name}
                rule={RULES.department.name}
              />
              <SelectField
                {...shared}
                name="parent_id"
                label={t("departments.parent")}
                value={department.parent_id}
                choices={[
                  { value: 0, label: t("departments.top") },
                  ...departmentChoices(departments, department.id),
                ]}
              />
              <TextField
                {...shared}
                name="priority"
                type="number"
                label={t("departments.priority")}
                hint={t("departments.priority_hint")}
                value={department.priority}
                rule={RULES.department.priority}
              />
              {mayChange && (
                <div class="form-foot">
                  <input type="hidden" name="intent" value="save" />
                  <button type="submit" class="btn btn-primary">{t("common.save")}</button>
                </div>
              )}
            </form>
          </Card>
          {mayChange && (
            <Card title={t("departments.delete")}>
              <FormError form={forms.remove ?? NO_FORM} />
              <p class="muted">{t("departments.delete_note")}</p>
              <div>
                <Confirm
                  id="delete"
                  label={t("departments.delete")}
                  title={t("departments.delete_title", { name: department.name })}
                  action={`/departments/${department.id}`}
                  intent="delete"
                  icon="trash"
                  t={t}
                >
                  <p>{t("departments.delete_note")}</p>
                </Confirm>
              </div>
            </Card>
          )}
        </div>
      </div>
    </>
  );
});
