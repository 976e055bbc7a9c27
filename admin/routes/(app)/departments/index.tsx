import { page } from "fresh";
import { FormError, SelectField, TextField } from "../../../components/field.tsx";
import { Icon } from "../../../components/icon.tsx";
import { Card, Empty, PageHead } from "../../../components/parts.tsx";
import TreeDrag from "../../../islands/tree_drag.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done } from "../../../lib/answers.ts";
import {
  departmentChoices,
  type DepartmentNode,
  departmentTree,
} from "../../../lib/departments.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  isFine,
  NO_FORM,
  RULES,
  valuesOf,
} from "../../../lib/forms.ts";
import { formatNumber } from "../../../lib/format.ts";
import type { Lang, Translate } from "../../../lib/i18n/mod.ts";
import { define } from "../../../utils.ts";

const HERE = "/departments";

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("departments.title");
    const { items } = await ctx.state.api.call("GET /departments");
    return page({ departments: items, form: NO_FORM as FormState });
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    ctx.state.title = t("departments.title");
    const values = valuesOf(ctx.state.form);
    const again = async (form: FormState) => {
      const { items } = await api.call("GET /departments");
      return page({ departments: items, form }, { status: 422 });
    };
    const parent_id = Number(values.parent_id ?? 0);
    if (values.intent === "move") {
      try {
        const path = { id: Number(values.id ?? 0) };
        const before = await api.call("GET /departments/{id}", { path });
        const { name } = await api.call("PATCH /departments/{id}", { path, body: { parent_id } });
        const fields = [
          ["intent", "move"],
          ["id", String(path.id)],
          ["parent_id", String(before.parent_id)],
        ] as const;
        return done(HERE, {
          key: "departments.moved",
          values: { name },
          undo: { action: HERE, fields },
          place: services,
        });
      } catch (error) {
        return await again({ values: {}, errors: errorsOf(error, { fields: [], t }) });
      }
    }
    const errors = checkValues(values, RULES.department, t);
    if (!isFine(errors)) return await again({ values, errors });
    const { name = "", priority = "" } = values;
    try {
      await api.call("POST /departments", {
        body: { name, priority: Number(priority), parent_id },
      });
      return done(HERE, { key: "departments.added", values: { name }, place: services });
    } catch (error) {
      const fields = ["name", "priority", "parent_id"];
      return await again({ values, errors: errorsOf(error, { fields, t }) });
    }
  },
});

export default define.page<typeof handler>(function Departments({ data, state }) {
  const { t, lang, mayChange } = state;
  const { departments, form } = data;
  const isTyped = form.values.name !== undefined;
  return (
    <>
      <PageHead title={t("departments.title")} note={t("departments.note")} />
      <div class={mayChange ? "columns" : "stack"}>
        <Card title={t("departments.tree")}>
          {!isTyped && <FormError form={form} />}
          {departments.length === 0
            ? <Empty icon="departments" title={t("departments.none")} />
            : (
              <Tree
                nodes={departmentTree(departments)}
                isTop
                mayChange={mayChange}
                t={t}
                lang={lang}
              />
            )}
          {mayChange && departments.length > 1 && (
            <>
              <form id="move" method="post" action={HERE} hidden>
                <input type="hidden" name="intent" value="move" />
                <input type="hidden" name="id" />
                <input type="hidden" name="parent_id" />
              </form>
              <TreeDrag
                texts={{ top: t("departments.drop_top"), hint: t("departments.drag_hint") }}
              />
            </>
          )}
        </Card>
        {mayChange && (
          <Card title={t("departments.add")}>
            <form method="post" class="form">
              {isTyped && <FormError form={form} />}
              <TextField
                form={form}
                name="name"
                label={t("departments.name")}
                rule={RULES.department.name}
              />
              <SelectField
                form={form}
                name="parent_id"
                label={t("departments.parent")}
                value={0}
                choices={[
                  { value: 0, label: t("departments.top") },
                  ...departmentChoices(departments),
                ]}
              />
              <TextField
                form={form}
                name="priority"
                type="number"
                label={t("departments.priority")}
                hint={t("departments.priority_hint")}
                value={0}
                rule={RULES.department.priority}
              />
              <div class="form-foot">
                <input type="hidden" name="intent" value="add" />
                <button type="submit" class="btn btn-primary">
                  <Icon name="plus" />
                  {t("departments.add")}
                </button>
              </div>
            </form>
          </Card>
        )}
      </div>
    </>
  );
});

function Tree({ nodes, isTop = false, mayChange, t, lang }: {
  readonly nodes: readonly DepartmentNode[];
  readonly isTop?: boolean;
  readonly mayChange: boolean;
  readonly t: Translate;
  readonly lang: Lang;
}) {
  return (
    <ul {...(isTop && { id: "tree", class: "tree" })}>
      {nodes.map(({ department, children }) => (
        <li key={department.id}>
          <div class="tree-row" data-id={department.id} data-parent={department.parent_id}>
            <a class="name" href={`${HERE}/${department.id}`} draggable={false}>
              {department.name}
            </a>
            <span class="small muted nowrap">
              {t("departments.people", { count: formatNumber(department.user_count, lang) })}
            </span>
            <span class="small muted number nowrap wide">
              {t("departments.priority_short", { priority: department.priority })}
            </span>
          </div>
          {children.length > 0 && <Tree nodes={children} mayChange={mayChange} t={t} lang={lang} />}
        </li>
      ))}
    </ul>
  );
}
