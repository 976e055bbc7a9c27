import { page } from "fresh";
import { FormError, SelectField, TextArea } from "../../../components/field.tsx";
import { ImportErrors, ImportPreview } from "../../../components/import_preview.tsx";
import { Icon } from "../../../components/icon.tsx";
import { Card, PageHead } from "../../../components/parts.tsx";
import ImportProgress from "../../../islands/import_progress.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done } from "../../../lib/answers.ts";
import { type Answer, ApiError } from "../../../lib/api.ts";
import { type FormState, isSignedOut, NO_FORM, type Values, valuesOf } from "../../../lib/forms.ts";
import { fileErrorText } from "../../../lib/import_texts.ts";
import { define } from "../../../utils.ts";

interface Data {
  readonly form: FormState;
  /** Why a file is refused. */
  readonly error: ApiError | null;
  /** Of a file that could be imported as it is. */
  readonly plan: Answer<"POST /users/import"> | null;
}

const NOTHING = { error: null, plan: null };
const FORM = "import";
const ON_EXISTING = ["refuse", "update", "skip"] as const;
/** Rows of a page of the preview. */
const PREVIEWED_ROWS = 20;
/** A file of the most rows that the API takes has some 2 MB. */
const MAX_FILE_BYTES = 8 * 1024 * 1024;

export const handler = define.handlers({
  GET(ctx) {
    requireManager(ctx.state);
    ctx.state.title = ctx.state.t("import.title");
    const data: Data = { form: NO_FORM, ...NOTHING };
    return page(data);
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    ctx.state.title = t("import.title");
    const form = ctx.state.form;
    const file = form.get("file");
    const isChosen = file instanceof File && file.size > 0;
    const isTooLarge = isChosen && file.size > MAX_FILE_BYTES;
    const typed = valuesOf(form);
    const text = isChosen && !isTooLarge ? await file.text() : typed.text ?? "";
    const values: Values = { ...typed, text };
    const again = (data: Partial<Data>) =>
      page<Data>({ form: { values, errors: {} }, ...NOTHING, ...data }, {
        status: data.plan ? 200 : 422,
      });
    const refused = (message: string) => again({ form: { values, errors: { text: message } } });
    if (isTooLarge) return refused(t("error.body_too_large"));
    if (text.trim() === "") return refused(t("import.no_file"));
    const on_existing = ON_EXISTING.find((one) => one === values.on_existing) ?? "refuse";
    const isDryRun = values.intent !== "import";
    try {
      const plan = await api.call("POST /users/import", {
        query: {
          on_existing,
          dry_run: isDryRun ? "true" : "false",
          page: /^[1-9]\d{0,5}$/.test(values.page ?? "") ? Number(values.page) : 1,
          page_size: PREVIEWED_ROWS,
        },
        body: text,
      });
      if (isDryRun) return again({ plan });
      const { added, updated } = plan;
      return done("/users", { key: "import.done", values: { added, updated }, place: services });
    } catch (error) {
      if (!(error instanceof ApiError) || isSignedOut(error)) throw error;
      return again({ form: { values, errors: { text: fileErrorText(error, t) } }, error });
    }
  },
});

export default define.page<typeof handler>(function Import({ data, state }) {
  const { t, lang } = state;
  const { form, error, plan } = data;
  const choices = ON_EXISTING.map((value) => ({ value, label: t(`import.${value}`) }));
  return (
    <>
      <PageHead
        title={t("import.title")}
        note={t("import.note")}
        crumbs={[{ href: "/users", label: t("users.title") }]}
      />
      {plan !== null && <ImportPreview plan={plan} form={FORM} t={t} lang={lang} />}
      {error !== null && error.rows.length > 0 && <ImportErrors error={error} t={t} lang={lang} />}
      <Card title={t("import.file_title")}>
        <form id={FORM} method="post" encType="multipart/form-data" class="form">
          <FormError form={form} />
          <div class="form-grid">
            <div class="field">
              <label for="import-file">{t("import.file")}</label>
              <input id="import-file" type="file" name="file" accept=".csv,text/csv" />
            </div>
            <SelectField
              form={form}
              name="on_existing"
              label={t("import.on_existing")}
              value="refuse"
              choices={choices}
            />
          </div>
          <TextArea
            form={form}
            name="text"
            label={t("import.text")}
            hint={t("import.hint")}
            rows={8}
            placeholder="name,nick,department_id,password"
          />
          <div class="form-foot">
            <button
              type="submit"
              class={plan === null ? "btn btn-primary" : "btn"}
              name="intent"
              value="preview"
            >
              {t("import.preview")}
            </button>
            {plan !== null && plan.added + plan.updated > 0 && (
              <button type="submit" class="btn btn-primary" name="intent" value="import">
                <Icon name="upload" />
                {t("import.run", { count: plan.added + plan.updated })}
              </button>
            )}
          </div>
          {plan !== null && (
            <ImportProgress
              texts={{
                running: t("import.running"),
                failed: t("import.failed"),
                go_on: t("import.go_on"),
              }}
            />
          )}
        </form>
      </Card>
    </>
  );
});
