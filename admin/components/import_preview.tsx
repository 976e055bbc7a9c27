/** What an import would do, or why it is refused. */
import type { Answer, RowError } from "../lib/api.ts";
import { formatNumber } from "../lib/format.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { PREVIEWED_ROWS, type PreviewRow } from "../lib/import_preview.ts";
import { Badge, Card, type Tone } from "./parts.tsx";

const TONES: Readonly<Record<PreviewRow["kind"], Tone>> = {
  new: "good",
  changed: "accent",
  unchanged: "plain",
  refused: "bad",
  skipped: "plain",
};

export function ImportPreview({ plan, preview, t, lang }: {
  readonly plan: Answer<"POST /users/import">;
  readonly preview: readonly PreviewRow[];
  readonly t: Translate;
  readonly lang: Lang;
}) {
  const { added, updated, unchanged } = plan;
  return (
    <Card title={t("import.preview_title")}>
      <p class="chips" role="status">
        <Badge tone="good">{t("import.added", { count: formatNumber(added, lang) })}</Badge>
        <Badge tone="accent">{t("import.updated", { count: formatNumber(updated, lang) })}</Badge>
        <Badge>{t("import.unchanged", { count: formatNumber(unchanged, lang) })}</Badge>
      </p>
      <div class="table-wrap" tabIndex={0} role="group" aria-label={t("import.preview_title")}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("users.name")}</th>
              <th scope="col">{t("import.what")}</th>
              <th scope="col">{t("import.changes")}</th>
            </tr>
          </thead>
          <tbody>
            {preview.map((row) => (
              <tr key={row.name}>
                <td>
                  <strong>{row.name}</strong>
                </td>
                <td>
                  <Badge tone={TONES[row.kind]}>{t(`import.kind_${row.kind}`)}</Badge>
                </td>
                <td class="small">
                  {row.changes.map(({ field, before, after }) => (
                    <div key={field}>
                      <span class="muted">{field}:</span> {before !== "" && <del>{before}</del>}
                      {" "}
                      {before !== "" && "→ "}
                      {after}
                    </div>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {added + updated + unchanged > PREVIEWED_ROWS && (
        <p class="muted small">{t("import.first_rows", { count: PREVIEWED_ROWS })}</p>
      )}
    </Card>
  );
}

export function ImportErrors(
  { rows, t }: { readonly rows: readonly RowError[]; readonly t: Translate },
) {
  return (
    <Card title={t("import.errors")}>
      <div class="table-wrap" tabIndex={0} role="group" aria-label={t("import.errors")}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("import.line")}</th>
              <th scope="col">{t("import.column")}</th>
              <th scope="col">{t("import.problem")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map(({ line, field, message }) => (
              <tr key={`${line} ${field}`}>
                <td class="number">{line}</td>
                <td>
                  <code>{field}</code>
                </td>
                <td>{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
