/** What an import would do, or why it is refused. */
import type { Answer, ApiError } from "../lib/api.ts";
import { formatNumber } from "../lib/format.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { rowErrorText } from "../lib/import_texts.ts";
import { DataTable } from "./list.tsx";
import { Badge, Card, type Tone } from "./parts.tsx";

type Plan = Answer<"POST /users/import">;
type PlannedRow = Plan["rows"][number];

const TONES: Readonly<Record<PlannedRow["kind"], Tone>> = {
  new: "good",
  changed: "accent",
  unchanged: "plain",
  skipped: "plain",
};

export function ImportPreview({ plan, form, t, lang }: {
  readonly plan: Plan;
  /** Id of the form that asks for another page. */
  readonly form: string;
  readonly t: Translate;
  readonly lang: Lang;
}) {
  const { added, updated, unchanged, rows } = plan;
  return (
    <Card title={t("import.preview_title")}>
      <p class="chips" role="status">
        <Badge tone="good">{t("import.added", { count: formatNumber(added, lang) })}</Badge>
        <Badge tone="accent">{t("import.updated", { count: formatNumber(updated, lang) })}</Badge>
        <Badge>{t("import.unchanged", { count: formatNumber(unchanged, lang) })}</Badge>
      </p>
      <DataTable
        label={t("import.preview_title")}
        head={
          <>
            <th scope="col" class="wide">{t("import.line")}</th>
            <th scope="col">{t("users.name")}</th>
            <th scope="col">{t("import.what")}</th>
            <th scope="col">{t("import.changes")}</th>
          </>
        }
      >
        {rows.map(({ line, name, kind, changes }) => (
          <tr key={line}>
            <td class="wide number muted">{line}</td>
            <td>
              <strong>{name}</strong>
            </td>
            <td>
              <Badge tone={TONES[kind]}>{t(`import.kind_${kind}`)}</Badge>
            </td>
            <td class="small breaks">
              {changes.map(({ field, before, after }) => (
                <div key={field}>
                  <span class="muted">{field}:</span> {before !== null && before !== "" && (
                    <>
                      <del>{before}</del>
                      {" → "}
                    </>
                  )}
                  {after ?? "••••••"}
                </div>
              ))}
            </td>
          </tr>
        ))}
      </DataTable>
      <PreviewPager plan={plan} form={form} t={t} lang={lang} />
    </Card>
  );
}

/** The file is in the form, so its pages are buttons of it. */
function PreviewPager({ plan, form, t, lang }: {
  readonly plan: Plan;
  readonly form: string;
  readonly t: Translate;
  readonly lang: Lang;
}) {
  const { page, page_size, total_rows: total } = plan;
  const pages = Math.ceil(total / page_size);
  if (pages <= 1) return null;
  const number = (value: number) => formatNumber(value, lang);
  const from = (page - 1) * page_size + 1;
  const to = Math.min(page * page_size, total);
  const button = (to: number, label: string) => (
    <button
      type="submit"
      form={form}
      class="btn btn-small"
      name="page"
      value={to}
      disabled={to < 1 || to > pages}
    >
      {label}
    </button>
  );
  return (
    <nav class="pager" aria-label={t("pager.label")}>
      <span>{t("pager.range", { from: number(from), to: number(to), total: number(total) })}</span>
      <span class="actions">
        {button(page - 1, t("pager.previous"))}
        <span class="number">{t("pager.page", { page: number(page), pages: number(pages) })}</span>
        {button(page + 1, t("pager.next"))}
      </span>
    </nav>
  );
}

export function ImportErrors({ error, t, lang }: {
  readonly error: ApiError;
  readonly t: Translate;
  readonly lang: Lang;
}) {
  const { rows, rowErrors } = error;
  return (
    <Card title={t("import.errors")}>
      <DataTable
        label={t("import.errors")}
        head={
          <>
            <th scope="col">{t("import.line")}</th>
            <th scope="col">{t("import.column")}</th>
            <th scope="col">{t("import.problem")}</th>
          </>
        }
      >
        {rows.map((row) => (
          <tr key={`${row.line} ${row.field}`}>
            <td class="number">{row.line}</td>
            <td>
              <code>{row.field}</code>
            </td>
            <td>{rowErrorText(row, t)}</td>
          </tr>
        ))}
      </DataTable>
      {rowErrors > rows.length && (
        <p class="muted small">
          {t("import.more_errors", {
            shown: formatNumber(rows.length, lang),
            count: formatNumber(rowErrors, lang),
          })}
        </p>
      )}
    </Card>
  );
}
