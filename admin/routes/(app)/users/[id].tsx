import { HttpError, page, type PageResponse } from "fresh";
import { FormError } from "../../../components/field.tsx";
import { Avatar, Badge, Card, PageHead } from "../../../components/parts.tsx";
import { UserFields } from "../../../components/user_fields.tsx";
import {
  UserAccess,
  UserGroups,
  UserPassword,
  UserPicture,
  UserSessions,
} from "../../../components/user_cards.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done } from "../../../lib/answers.ts";
import type { Api, Body, User } from "../../../lib/api.ts";
import { FormDesk, type PageForms } from "../../../lib/form_desk.ts";
import { NO_FORM, RULES, valuesOf } from "../../../lib/forms.ts";
import { formatTime } from "../../../lib/format.ts";
import { onlineAmong } from "../../../lib/presence.ts";
import { idOf } from "../../../lib/query.ts";
import { uploadPicture } from "../../../lib/upload.ts";
import { STATUS_LEFT, statusKey, USER_FORM_FIELDS, userBody } from "../../../lib/users.ts";
import { define } from "../../../utils.ts";

const SHOWN_GROUPS = 8;

type FormName = "save" | "password" | "picture";
type Data = Awaited<ReturnType<typeof load>>;

async function load(api: Api, id: number, forms: PageForms<FormName>) {
  const [user, departments, groups, online] = await Promise.all([
    api.call("GET /users/{id}", { path: { id } }),
    api.call("GET /departments"),
    api.call("GET /groups", { query: { member_id: id, page_size: SHOWN_GROUPS } }),
    onlineAmong(api, [id]),
  ]);
  return {
    user,
    departments: departments.items,
    groups,
    online: online === null ? null : online[id] ?? [],
    forms,
  };
}

function userId(params: Record<string, string>): number {
  const id = idOf(params.id);
  if (id === null) throw new HttpError(404, "unknown_user");
  return id;
}

export const handler = define.handlers({
  async GET(ctx) {
    const data = await load(ctx.state.api, userId(ctx.params), {});
    ctx.state.title = data.user.nick || data.user.name;
    return page(data);
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    const id = userId(ctx.params);
    const path = { id };
    const form = ctx.state.form;
    const values = valuesOf(form);
    const here = `/users/${id}`;
    const desk = new FormDesk<FormName, PageResponse<Data>>({
      values,
      t,
      async show(forms) {
        const data = await load(api, id, forms);
        ctx.state.title = data.user.nick || data.user.name;
        return page(data, { status: 422 });
      },
    });
    const change = async (body: Body<"PATCH /users/{id}">): Promise<User> =>
      await api.call("PATCH /users/{id}", { path, body });
    switch (values.intent) {
      case "password":
        return await desk.checked(
          "password",
          { rules: RULES.userPassword, fields: ["password"] },
          async () => {
            const { password = "" } = values;
            await api.call("PUT /users/{id}/password", { path, body: { password } });
            return done(here, { key: "users.password_done", place: services });
          },
        );
      case "picture": {
        const upload = await uploadPicture(form.get("file"), services);
        if (!upload.ok) return await desk.again("picture", { "": t(`upload.${upload.reason}`) });
        return await desk.run("picture", async () => {
          await change({ avatar: upload.url });
          return done(here, { key: "users.picture_done", place: services });
        });
      }
      case "no_picture": {
        const { avatar } = await api.call("GET /users/{id}", { path });
        await change({ avatar: "" });
        return done(here, {
          key: "users.picture_removed",
          undo: { action: here, fields: [["intent", "old_picture"], ["avatar", avatar]] },
          place: services,
        });
      }
      case "old_picture":
        return await desk.run("picture", async () => {
          await change({ avatar: values.avatar ?? "" });
          return done(here, { key: "users.picture_done", place: services });
        });
      case "disable": {
        const { name, status } = await api.call("GET /users/{id}", { path });
        await api.call("DELETE /users/{id}", { path });
        return done(here, {
          key: "users.disabled",
          values: { name },
          undo: { action: here, fields: [["intent", "enable"], ["status", String(status)]] },
          place: services,
        });
      }
      case "enable":
        return await desk.run("save", async () => {
          const { name } = await change({ status: Number(values.status ?? 0) });
          return done(here, { key: "users.enabled", values: { name }, place: services });
        });
      case "sign_out":
        await api.call("DELETE /sessions/{user_id}", { path: { user_id: id } });
        return done(here, { key: "users.signed_out", place: services });
      default:
        return await desk.checked(
          "save",
          { rules: RULES.user, fields: USER_FORM_FIELDS },
          async () => {
            const { name } = await change(userBody(values));
            return done(here, { key: "users.saved", values: { name }, place: services });
          },
        );
    }
  },
});

export default define.page<typeof handler>(function UserPage({ data, state }) {
  const { t, lang, mayChange } = state;
  const { user, departments, groups, online, forms } = data;
  const name = user.nick || user.name;
  const form = forms.save ?? NO_FORM;
  return (
    <>
      <PageHead title={name} crumbs={[{ href: "/users", label: t("users.title") }]}>
        <Badge tone={user.status === STATUS_LEFT ? "bad" : "plain"}>
          {t(statusKey(user.status))}
        </Badge>
        {online !== null && (
          <Badge tone={online.length > 0 ? "good" : "plain"}>
            {online.length > 0 ? t("users.is_online") : t("users.is_offline")}
          </Badge>
        )}
      </PageHead>
      <div class="columns">
        <div class="stack">
          <Card title={t("users.profile")}>
            <div class="person">
              <Avatar id={user.id} name={name} avatar={user.avatar} size="large" />
              <dl class="facts small">
                <dt>{t("users.id")}</dt>
                <dd class="number">{user.id}</dd>
                <dt>{t("common.created")}</dt>
                <dd>{formatTime(user.created, lang)}</dd>
                <dt>{t("common.updated")}</dt>
                <dd>{formatTime(user.updated, lang)}</dd>
                {user.signature !== "" && (
                  <>
                    <dt>{t("users.signature")}</dt>
                    <dd>{user.signature}</dd>
                  </>
                )}
              </dl>
            </div>
            <form method="post" class="form">
              <FormError form={form} />
              <UserFields
                form={form}
                user={user}
                departments={departments}
                disabled={!mayChange}
                t={t}
              />
              {mayChange && (
                <div class="form-foot">
                  <input type="hidden" name="intent" value="save" />
                  <button type="submit" class="btn btn-primary">{t("common.save")}</button>
                </div>
              )}
            </form>
          </Card>
          <UserGroups userId={user.id} groups={groups} t={t} lang={lang} />
        </div>
        <div class="stack">
          <UserSessions user={user} online={online} mayChange={mayChange} t={t} />
          {mayChange && (
            <>
              <UserPassword form={forms.password ?? NO_FORM} t={t} />
              <UserPicture user={user} form={forms.picture ?? NO_FORM} t={t} />
              <UserAccess user={user} t={t} />
            </>
          )}
        </div>
      </div>
    </>
  );
});
