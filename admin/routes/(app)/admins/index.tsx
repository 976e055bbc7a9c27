import { page } from "fresh";
import {
  AddAdmin,
  AddKey,
  AdminTable,
  KeyTable,
  SessionTable,
} from "../../../components/admin_cards.tsx";
import { FormError } from "../../../components/field.tsx";
import { PageHead } from "../../../components/parts.tsx";
import { requireOwner } from "../../../lib/access.ts";
import { roleOf } from "../../../lib/admin_pages.ts";
import { done } from "../../../lib/answers.ts";
import { type Api, mayAct, type Role } from "../../../lib/api.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  isFine,
  NO_FORM,
  RULES,
  valuesOf,
} from "../../../lib/forms.ts";
import { expiryOf } from "../../../lib/expiry.ts";
import { define } from "../../../utils.ts";

const HERE = "/admins";

interface Forms {
  readonly admin?: FormState;
  readonly key?: FormState;
  readonly other?: FormState;
  /** A key that was just made: shown once. */
  readonly newKey?: string;
}

async function load(api: Api, role: Role, forms: Forms) {
  const isOwner = mayAct(role, "owner");
  const [sessions, admins, keys] = await Promise.all([
    api.call("GET /admin-sessions"),
    isOwner ? api.call("GET /admins") : null,
    isOwner ? api.call("GET /api-keys") : null,
  ]);
  return {
    sessions: sessions.items,
    admins: admins?.items ?? null,
    keys: keys?.items ?? null,
    forms,
  };
}

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("admins.title");
    return page(await load(ctx.state.api, ctx.state.me.role, {}));
  },
  async POST(ctx) {
    const { api, t, services, me } = ctx.state;
    ctx.state.title = t("admins.title");
    const values = valuesOf(ctx.state.form);
    const path = { id: Number(values.id ?? 0) };
    const again = async (forms: Forms, status = 422) =>
      page(await load(api, me.role, forms), { status });
    const wrong = (error: unknown, fields: readonly string[] = []): FormState => ({
      values,
      errors: errorsOf(error, { fields, t }),
    });
    if (values.intent === "end_session") {
      try {
        await api.call("DELETE /admin-sessions/{id}", { path });
        return done(HERE, { key: "admins.session_ended", place: services });
      } catch (error) {
        return await again({ other: wrong(error) });
      }
    }
    requireOwner(ctx.state);
    const { name = "", password = "" } = values;
    const role = roleOf(values.role);
    switch (values.intent) {
      case "add": {
        const errors = checkValues(values, RULES.admin, t);
        if (!isFine(errors)) return await again({ admin: { values, errors } });
        try {
          await api.call("POST /admins", { body: { name, role, password } });
          return done(HERE, { key: "admins.added", values: { name }, place: services });
        } catch (error) {
          return await again({ admin: wrong(error, ["name", "role", "password"]) });
        }
      }
      case "add_key": {
        const errors = checkValues(values, RULES.apiKey, t);
        if (!isFine(errors)) return await again({ key: { values, errors } });
        try {
          const expires = expiryOf(values.lifetime, services.clock);
          const { key } = await api.call("POST /api-keys", { body: { name, role, expires } });
          return await again({ newKey: key }, 200);
        } catch (error) {
          return await again({ key: wrong(error, ["name", "role"]) });
        }
      }
      case "revoke_key":
        try {
          await api.call("DELETE /api-keys/{id}", { path });
          return done(HERE, { key: "admins.key_revoked", place: services });
        } catch (error) {
          return await again({ other: wrong(error) });
        }
      default:
        try {
          const { name: changed } = await api.call("PATCH /admins/{id}", {
            path,
            body: values.intent === "disable"
              ? { disabled: true }
              : values.intent === "enable"
              ? { disabled: false }
              : values.intent === "password"
              ? { password }
              : { role },
          });
          return done(HERE, { key: "admins.saved", values: { name: changed }, place: services });
        } catch (error) {
          return await again({ other: wrong(error) });
        }
    }
  },
});

export default define.page<typeof handler>(function Admins({ data, state }) {
  const { t, lang, me } = state;
  const { admins, keys, sessions, forms } = data;
  return (
    <>
      <PageHead title={t("admins.title")} note={t("admins.note")} />
      <FormError form={forms.other ?? NO_FORM} />
      {forms.newKey !== undefined && (
        <div class="notice notice-done" role="status">
          <div class="stack-small">
            <strong>{t("admins.new_key")}</strong>
            <code class="secret">{forms.newKey}</code>
          </div>
        </div>
      )}
      {admins !== null && (
        <div class="columns">
          <AdminTable admins={admins} me={me} t={t} lang={lang} />
          <AddAdmin form={forms.admin ?? NO_FORM} t={t} />
        </div>
      )}
      <SessionTable sessions={sessions} t={t} lang={lang} />
      {keys !== null && (
        <div class="columns">
          <KeyTable keys={keys} t={t} lang={lang} />
          <AddKey form={forms.key ?? NO_FORM} t={t} />
        </div>
      )}
    </>
  );
});
