import { page } from "fresh";
import { ClientAddresses } from "../../../components/client_addresses.tsx";
import { Confirm } from "../../../components/confirm.tsx";
import { FormError, TextField } from "../../../components/field.tsx";
import { Icon } from "../../../components/icon.tsx";
import { Card, Empty, PageHead } from "../../../components/parts.tsx";
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
import type { Answer, Api } from "../../../lib/api.ts";
import type { Undo } from "../../../lib/flash.ts";
import { numberOf } from "../../../lib/query.ts";
import { define } from "../../../utils.ts";

const HERE = "/settings";

type DiscoveryItem = Answer<"GET /discovery">["items"][number];

async function load(api: Api, form: FormState) {
  const [{ items }, { login_servers }] = await Promise.all([
    api.call("GET /discovery"),
    api.call("GET /client_addresses"),
  ]);
  return { items, loginServers: login_servers, form };
}

export const handler = define.handlers({
  async GET(ctx) {
    ctx.state.title = ctx.state.t("settings.title");
    return page(await load(ctx.state.api, NO_FORM));
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    ctx.state.title = t("settings.title");
    const values = valuesOf(ctx.state.form);
    const id = Number(values.id ?? 0);
    const again = async (errors: FormState["errors"]) =>
      page(await load(api, { values, errors }), { status: 422 });
    const isDelete = values.intent === "delete";
    const errors = isDelete ? {} : checkValues(values, RULES.discovery, t);
    if (!isFine(errors)) return await again(errors);
    const { name = "", url = "", priority = "" } = values;
    const body = { name, url, priority: Number(priority) };
    try {
      if (isDelete) {
        const { items } = await api.call("GET /discovery");
        await api.call("DELETE /discovery/{id}", { path: { id } });
        const gone = items.find((item) => item.id === id);
        return done(HERE, {
          key: "settings.deleted",
          undo: gone === undefined ? null : undoOf(gone),
          place: services,
        });
      }
      if (id > 0) await api.call("PATCH /discovery/{id}", { path: { id }, body });
      else await api.call("POST /discovery", { body });
      return done(HERE, { key: "settings.saved", values: { name }, place: services });
    } catch (error) {
      return await again(errorsOf(error, { fields: ["name", "url", "priority"], t }));
    }
  },
});

/** Adds an entry that was deleted once more. */
function undoOf({ name, url, priority }: DiscoveryItem): Undo {
  return { action: HERE, fields: [["name", name], ["url", url], ["priority", String(priority)]] };
}

export default define.page<typeof handler>(function Settings({ data, url, state }) {
  const { t, lang, me, mayChange } = state;
  const { items, loginServers, form } = data;
  const asked = numberOf(url, "edit", { min: 1, max: 0xffff_ffff, fallback: 0 });
  const id = Number(form.values.id ?? asked);
  const edited = items.find((item) => item.id === id);
  return (
    <>
      <PageHead title={t("settings.title")} note={t("settings.note")} />
      <div class={mayChange ? "columns" : "stack"}>
        <section class="card" aria-label={t("settings.discovery")}>
          <div class="card-head">
            <h2>{t("settings.discovery")}</h2>
          </div>
          {items.length === 0
            ? (
              <Empty icon="settings" title={t("settings.none")}>
                <p>{t("settings.discovery_note")}</p>
              </Empty>
            )
            : (
              <div class="table-wrap">
                <table class="table">
                  <thead>
                    <tr>
                      <th scope="col">{t("settings.name")}</th>
                      <th scope="col">{t("settings.url")}</th>
                      <th scope="col" class="wide">{t("departments.priority")}</th>
                      {mayChange && (
                        <th scope="col" class="end">
                          <span class="visually-hidden">{t("common.actions")}</span>
                        </th>
                      )}
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((item) => (
                      <tr key={item.id}>
                        <td>
                          <strong>{item.name}</strong>
                        </td>
                        <td>
                          <code>{item.url}</code>
                        </td>
                        <td class="wide number">{item.priority}</td>
                        {mayChange && (
                          <td class="end nowrap">
                            <a
                              class="btn btn-small btn-bare"
                              href={`${HERE}?edit=${item.id}`}
                              aria-label={t("settings.edit_one", { name: item.name })}
                            >
                              <Icon name="edit" />
                            </a>
                            <Confirm
                              id={`item-${item.id}`}
                              label={t("common.delete")}
                              title={t("settings.delete_title", { name: item.name })}
                              action={HERE}
                              intent="delete"
                              values={{ id: item.id }}
                              kind="btn btn-small btn-danger-quiet"
                              t={t}
                            >
                              <p>{t("settings.delete_note")}</p>
                            </Confirm>
                          </td>
                        )}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
        </section>
        {mayChange && (
          <Card title={t(edited === undefined ? "settings.add" : "settings.edit")}>
            <form method="post" action={HERE} class="form">
              <FormError form={form} />
              {edited !== undefined && <input type="hidden" name="id" value={edited.id} />}
              <TextField
                form={form}
                name="name"
                label={t("settings.name")}
                value={edited?.name ?? ""}
                rule={RULES.discovery.name}
              />
              <TextField
                form={form}
                name="url"
                type="url"
                label={t("settings.url")}
                value={edited?.url ?? ""}
                hint={t("settings.url_hint")}
                rule={RULES.discovery.url}
              />
              <TextField
                form={form}
                name="priority"
                type="number"
                label={t("departments.priority")}
                value={edited?.priority ?? 0}
                hint={t("departments.priority_hint")}
                rule={RULES.discovery.priority}
              />
              <div class="form-foot">
                <input type="hidden" name="intent" value="save" />
                <button type="submit" class="btn btn-primary">
                  {t(edited === undefined ? "settings.add" : "common.save")}
                </button>
                {edited !== undefined && (
                  <a class="btn btn-bare" href={HERE}>{t("common.cancel")}</a>
                )}
              </div>
            </form>
          </Card>
        )}
      </div>
      <ClientAddresses loginServers={loginServers} t={t} lang={lang} />
      {me.message_history === "off" && me.role === "owner" && (
        <Card title={t("nav.messages")}>
          <p class="muted">{t("messages.turn_on")}</p>
        </Card>
      )}
    </>
  );
});
