/** Administrators, their sessions and API keys. */
import type { Answer, Me } from "../lib/api.ts";
import { roleChoices } from "../lib/admin_pages.ts";
import { LIFETIMES } from "../lib/expiry.ts";
import { formatTime } from "../lib/format.ts";
import { type FormState, NO_FORM, RULES } from "../lib/forms.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { Confirm } from "./confirm.tsx";
import { FormError, SelectField, TextField } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { Badge, Card, Empty } from "./parts.tsx";

interface Shared {
  readonly t: Translate;
  readonly lang: Lang;
}

const HERE = "/admins";

export function AdminTable(
  { admins, me, t, lang }: Shared & {
    readonly admins: Answer<"GET /admins">["items"];
    readonly me: Me;
  },
) {
  return (
    <section class="card" aria-label={t("admins.accounts")}>
      <div class="card-head">
        <h2>{t("admins.accounts")}</h2>
      </div>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("admins.name")}</th>
              <th scope="col">{t("admins.role")}</th>
              <th scope="col" class="wide">{t("common.created")}</th>
              <th scope="col" class="end">
                <span class="visually-hidden">{t("common.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {admins.map((admin) => (
              <tr key={admin.id}>
                <td>
                  <strong>{admin.name}</strong>{" "}
                  {admin.name === me.name && <Badge tone="accent">{t("admins.you")}</Badge>}
                  {admin.disabled && <Badge tone="bad">{t("admins.is_disabled")}</Badge>}
                  {admin.must_change_password && !admin.disabled && (
                    <Badge tone="warn">{t("admins.first_sign_in")}</Badge>
                  )}
                </td>
                <td class="nowrap">{t(`role.${admin.role}`)}</td>
                <td class="wide small muted">{formatTime(admin.created, lang)}</td>
                <td class="end nowrap">
                  <AdminDialog admin={admin} t={t} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function AdminDialog(
  { admin, t }: { readonly admin: Answer<"GET /admins">["items"][number]; readonly t: Translate },
) {
  const id = `admin-${admin.id}`;
  const hidden = <input type="hidden" name="id" value={admin.id} />;
  const shared = { form: NO_FORM, scope: id };
  return (
    <>
      <button
        type="button"
        class="btn btn-small"
        popovertarget={id}
        aria-label={t("admins.change_one", { name: admin.name })}
      >
        <Icon name="edit" />
        {t("admins.change")}
      </button>
      <div id={id} popover="auto" class="dialog" role="dialog" aria-labelledby={`${id}-title`}>
        <div class="dialog-inner">
          <h2 id={`${id}-title`}>{admin.name}</h2>
          <form method="post" action={HERE} class="form-inline">
            {hidden}
            <input type="hidden" name="intent" value="role" />
            <SelectField
              {...shared}
              name="role"
              label={t("admins.role")}
              value={admin.role}
              choices={roleChoices(t)}
            />
            <button type="submit" class="btn">{t("common.save")}</button>
          </form>
          <form method="post" action={HERE} class="form-inline">
            {hidden}
            <input type="hidden" name="intent" value="password" />
            <TextField
              {...shared}
              name="password"
              type="password"
              label={t("users.new_password")}
              rule={RULES.adminPassword.password}
              autocomplete="new-password"
            />
            <button type="submit" class="btn">{t("users.set_password")}</button>
          </form>
          <p class="hint">{t("admins.password_hint")}</p>
          <form method="post" action={HERE} class="dialog-foot">
            {hidden}
            <input type="hidden" name="intent" value={admin.disabled ? "enable" : "disable"} />
            <button type="button" class="btn" popovertarget={id} popovertargetaction="hide">
              {t("common.cancel")}
            </button>
            <button type="submit" class={admin.disabled ? "btn btn-primary" : "btn btn-danger"}>
              {t(admin.disabled ? "admins.enable" : "admins.disable")}
            </button>
          </form>
        </div>
      </div>
    </>
  );
}

export function AddAdmin({ form, t }: { readonly form: FormState; readonly t: Translate }) {
  return (
    <Card title={t("admins.add")}>
      <form method="post" action={HERE} class="form">
        <FormError form={form} />
        <TextField
          form={form}
          scope="new-admin"
          name="name"
          label={t("admins.name")}
          rule={RULES.admin.name}
        />
        <SelectField
          form={form}
          scope="new-admin"
          name="role"
          label={t("admins.role")}
          hint={t("admins.role_hint")}
          value="manager"
          choices={roleChoices(t)}
        />
        <TextField
          form={form}
          scope="new-admin"
          name="password"
          type="password"
          label={t("admins.first_password")}
          hint={t("admins.password_hint")}
          rule={RULES.admin.password}
          autocomplete="new-password"
        />
        <div class="form-foot">
          <input type="hidden" name="intent" value="add" />
          <button type="submit" class="btn btn-primary">
            <Icon name="plus" />
            {t("admins.add")}
          </button>
        </div>
      </form>
    </Card>
  );
}

export function SessionTable(
  { sessions, t, lang }: Shared & {
    readonly sessions: Answer<"GET /admin-sessions">["items"];
  },
) {
  return (
    <section class="card" aria-label={t("admins.sessions")}>
      <div class="card-head">
        <h2>{t("admins.sessions")}</h2>
      </div>
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{t("admins.name")}</th>
              <th scope="col" class="wide">{t("admins.agent")}</th>
              <th scope="col">{t("admins.remote")}</th>
              <th scope="col">{t("admins.last_seen")}</th>
              <th scope="col" class="end">
                <span class="visually-hidden">{t("common.actions")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <td>
                  <strong>{session.name}</strong>{" "}
                  {session.current && <Badge tone="accent">{t("admins.this_session")}</Badge>}
                </td>
                <td class="wide small muted">{session.agent}</td>
                <td class="mono">{session.remote}</td>
                <td class="small muted">{formatTime(session.last_seen, lang)}</td>
                <td class="end nowrap">
                  {!session.current && (
                    <Confirm
                      id={`session-${session.id}`}
                      label={t("admins.end_session")}
                      title={t("admins.end_session_title", { name: session.name })}
                      action={HERE}
                      intent="end_session"
                      values={{ id: session.id }}
                      kind="btn btn-small btn-danger-quiet"
                      t={t}
                    >
                      <p>{t("admins.end_session_note")}</p>
                    </Confirm>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

export function KeyTable(
  { keys, t, lang }: Shared & { readonly keys: Answer<"GET /api-keys">["items"] },
) {
  return (
    <section class="card" aria-label={t("admins.keys")}>
      <div class="card-head">
        <h2>{t("admins.keys")}</h2>
      </div>
      {keys.length === 0
        ? <Empty icon="key" title={t("admins.no_keys")} />
        : (
          <div class="table-wrap">
            <table class="table">
              <thead>
                <tr>
                  <th scope="col">{t("admins.name")}</th>
                  <th scope="col">{t("admins.role")}</th>
                  <th scope="col" class="wide">{t("admins.last_used")}</th>
                  <th scope="col" class="wide">{t("admins.expires")}</th>
                  <th scope="col" class="end">
                    <span class="visually-hidden">{t("common.actions")}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {keys.map((key) => (
                  <tr key={key.id}>
                    <td>
                      <strong>{key.name}</strong>
                    </td>
                    <td class="nowrap">{t(`role.${key.role}`)}</td>
                    <td class="wide small muted">
                      {formatTime(key.last_used, lang) || t("common.never")}
                    </td>
                    <td class="wide small muted">
                      {formatTime(key.expires, lang) || t("common.never")}
                    </td>
                    <td class="end nowrap">
                      <Confirm
                        id={`key-${key.id}`}
                        label={t("admins.revoke")}
                        title={t("admins.revoke_title", { name: key.name })}
                        action={HERE}
                        intent="revoke_key"
                        values={{ id: key.id }}
                        kind="btn btn-small btn-danger-quiet"
                        t={t}
                      >
                        <p>{t("admins.revoke_note")}</p>
                      </Confirm>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
    </section>
  );
}

export function AddKey({ form, t }: { readonly form: FormState; readonly t: Translate }) {
  const lifetimes = LIFETIMES.map((days) => ({
    value: days,
    label: days === 0 ? t("admins.for_ever") : t("admins.days", { days }),
  }));
  return (
    <Card title={t("admins.add_key")}>
      <form method="post" action={HERE} class="form">
        <FormError form={form} />
        <TextField
          form={form}
          scope="new-key"
          name="name"
          label={t("admins.name")}
          rule={RULES.apiKey.name}
        />
        <SelectField
          form={form}
          scope="new-key"
          name="role"
          label={t("admins.role")}
          value="read_only"
          choices={roleChoices(t)}
        />
        <SelectField
          form={form}
          scope="new-key"
          name="lifetime"
          label={t("admins.lifetime")}
          value={90}
          choices={lifetimes}
        />
        <div class="form-foot">
          <input type="hidden" name="intent" value="add_key" />
          <button type="submit" class="btn btn-primary">
            <Icon name="key" />
            {t("admins.add_key")}
          </button>
        </div>
      </form>
    </Card>
  );
}
