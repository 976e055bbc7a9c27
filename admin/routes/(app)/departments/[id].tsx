import { HttpError, page, type PageResponse } from "fresh";
import { Confirm } from "../../../components/confirm.tsx";
import { FormError, SelectField, TextField } from "../../../components/field.tsx";
import { Icon } from "../../../components/icon.tsx";
import { DataTable, HiddenHead } from "../../../components/list.tsx";
import { Pager } from "../../../components/pager.tsx";
import { Badge, Card, Empty, PageHead } from "../../../components/parts.tsx";
import { Person } from "../../../components/person.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done, seeOther } from "../../../lib/answers.ts";
import type { Api } from "../../../lib/api.ts";
import { departmentChoices } from "../../../lib/departments.ts";
import { FormDesk, type PageForms } from "../../../lib/form_desk.ts";
import { NO_FORM, RULES, valuesOf } from "../../../lib/forms.ts";
import { movePeople } from "../../../lib/move_people.ts";
import { idOf, lastPage, numberOf } from "../../../lib/query.ts";
import { statusKey } from "../../../lib/users.ts";
import { define } from "../../../utils.ts";

const PAGE_SIZE = 50;

type FormName = "save" | "move" | "remove";
type Data = Awaited<ReturnType<typeof load>>;

async function load(
  api: Api,
  url: URL,
  { id, forms }: { readonly id: number; readonly forms: PageForms<FormName> },
) {
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
    const values = valuesOf(ctx.state.form);
    const here = `/departments/${id}`;
    const desk = new FormDesk<FormName, PageResponse<Data>>({
      values,
      t,
      async show(forms) {
        const data = await load(api, ctx.url, { id, forms });
        ctx.state.title = data.department.name;
        return page(data, { status: 422 });
      },
    });
    switch (values.intent) {
      case "delete":
        return await desk.run("remove", async () => {
          const gone = await api.call("GET /departments/{id}", { path });
          await api.call("DELETE /departments/{id}", { path });
          const fields = [
            ["name", gone.name],
            ["parent_id", String(gone.parent_id)],
            ["priority", String(gone.priority)],
          ] as const;
          return done("/departments", {
            key: "departments.deleted",
            values: { name: gone.name },
            undo: { action: "/departments", fields },
            place: services,
          });
        });
      case "move_people": {
        const names = ctx.state.form.getAll("person").filter((one) => typeof one === "string");
        if (names.length === 0) {
          return await desk.again("move", { "": t("departments.nobody_chosen") });
        }
        return await desk.run("move", async () => {
          const department = Number(values.to_department ?? 0);
          const count = await movePeople(api, { names, department });
          const fields = [
            ["intent", "move_people"],
            ["to_department", String(id)],
            ...names.map((name) => ["person", name] as const),
          ] as const;
          return done(here, {
            key: "departments.people_moved",
            values: { count },
            undo: { action: `/departments/${department}`, fields },
            place: services,
          });
        });
      }
      default:
        return await desk.checked(
          "save",
          { rules: RULES.department, fields: ["name", "priority", "parent_id"] },
          async () => {
            const { name = "", priority = "", parent_id = "" } = values;
            await api.call("PATCH /departments/{id}", {
              path,
              body: { name, priority: Number(priority), parent_id: Number(parent_id) },
            });
            return done(here, { key: "departments.saved", values: { name }, place: services });
          },
        );
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
                <DataTable
                  head={
                    <>
                      {mayChange && <HiddenHead>{t("common.choose")}</HiddenHead>}
                      <th scope="col">{t("users.person")}</th>
                      <th scope="col">{t("users.status")}</th>
                    </>
                  }
                >
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
                        <Person {...user} />
                      </td>
                      <td>
                        <Badge>{t(statusKey(user.status))}</Badge>
                      </td>
                    </tr>
                  ))}
                </DataTable>
              </form>
            )}
          <Pager url={url} list={people} t={t} lang={lang} />
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
