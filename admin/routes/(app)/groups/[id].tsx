import { HttpError, page, type PageResponse } from "fresh";
import {
  GroupDismissal,
  GroupMembers,
  GroupPicture,
  GroupSettings,
} from "../../../components/group_cards.tsx";
import { FormError } from "../../../components/field.tsx";
import { memberError, MemberField } from "../../../components/member_field.tsx";
import { Badge, Card, PageHead } from "../../../components/parts.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done, seeOther } from "../../../lib/answers.ts";
import type { Api } from "../../../lib/api.ts";
import { FormDesk, type PageForms } from "../../../lib/form_desk.ts";
import { NO_FORM, RULES, valuesOf } from "../../../lib/forms.ts";
import { groupOwner } from "../../../lib/group_owner.ts";
import { readMembers } from "../../../lib/member_list.ts";
import { idOf, lastPage, numberOf } from "../../../lib/query.ts";
import { uploadPicture } from "../../../lib/upload.ts";
import { define } from "../../../utils.ts";

const PAGE_SIZE = 50;

type FormName = "save" | "add" | "members" | "picture" | "dismiss";
type Data = Awaited<ReturnType<typeof load>>;

async function load(
  api: Api,
  url: URL,
  { id, forms }: { readonly id: number; readonly forms: PageForms<FormName> },
) {
  const number = numberOf(url, "page", { min: 1, max: 1_000_000, fallback: 1 });
  const [group, members] = await Promise.all([
    api.call("GET /groups/{id}", { path: { id } }),
    api.call("GET /groups/{id}/members", {
      path: { id },
      query: { page: number, page_size: PAGE_SIZE },
    }),
  ]);
  return { group, members, owner: await groupOwner(api, group), forms };
}

function groupId(params: Record<string, string>): number {
  const id = idOf(params.id);
  if (id === null) throw new HttpError(404, "unknown_group");
  return id;
}

export const handler = define.handlers({
  async GET(ctx) {
    const data = await load(ctx.state.api, ctx.url, { id: groupId(ctx.params), forms: {} });
    const last = lastPage(ctx.url, data.members);
    if (last !== null) return seeOther(last);
    ctx.state.title = data.group.name;
    return page(data);
  },
  async POST(ctx) {
    requireManager(ctx.state);
    const { api, t, services } = ctx.state;
    const id = groupId(ctx.params);
    const path = { id };
    const form = ctx.state.form;
    const values = valuesOf(form);
    const here = `/groups/${id}`;
    const desk = new FormDesk<FormName, PageResponse<Data>>({
      values,
      t,
      async show(forms) {
        const data = await load(api, ctx.url, { id, forms });
        ctx.state.title = data.group.name;
        return page(data, { status: 422 });
      },
    });
    switch (values.intent) {
      case "add": {
        const list = await readMembers(api, values.people ?? "");
        if (!list.ok) return await desk.again("add", { people: memberError(list, t) ?? "" });
        return await desk.run("add", async () => {
          const { added } = await api.call("PATCH /groups/{id}/members", {
            path,
            body: { add: [...list.ids] },
          });
          const count = added.length;
          return done(here, { key: "groups.members_added", values: { count }, place: services });
        });
      }
      case "remove": {
        const remove = form.getAll("member").map(Number).filter(Number.isSafeInteger);
        if (remove.length === 0) {
          return await desk.again("members", { "": t("groups.nobody_chosen") });
        }
        return await desk.run("members", async () => {
          const { removed } = await api.call("PATCH /groups/{id}/members", {
            path,
            body: { remove },
          });
          const people = removed.map((one) => `#${one}`).join("\n");
          return done(here, {
            key: "groups.members_removed",
            values: { count: removed.length },
            undo: { action: here, fields: [["intent", "add"], ["people", people]] },
            place: services,
          });
        });
      }
      case "owner":
        return await desk.run("members", async () => {
          const creator_id = Number(values.user_id ?? 0);
          await api.call("PATCH /groups/{id}", { path, body: { creator_id } });
          return done(here, { key: "groups.owner_done", place: services });
        });
      case "picture": {
        const upload = await uploadPicture(form.get("file"), services);
        if (!upload.ok) return await desk.again("picture", { "": t(`upload.${upload.reason}`) });
        return await desk.run("picture", async () => {
          await api.call("PATCH /groups/{id}", { path, body: { avatar: upload.url } });
          return done(here, { key: "users.picture_done", place: services });
        });
      }
      case "delete":
        return await desk.run("dismiss", async () => {
          const { name } = await api.call("GET /groups/{id}", { path });
          if (values.confirm_name !== name.trim()) {
            return await desk.again("dismiss", { "": t("groups.delete_other_name") });
          }
          await api.call("DELETE /groups/{id}", { path });
          return done("/groups", { key: "groups.deleted", values: { name }, place: services });
        });
      default:
        return await desk.checked("save", { rules: RULES.group, fields: ["name"] }, async () => {
          const { name = "" } = values;
          await api.call("PATCH /groups/{id}", { path, body: { name } });
          return done(here, { key: "groups.saved", values: { name }, place: services });
        });
    }
  },
});

export default define.page<typeof handler>(function GroupPage({ data, url, state }) {
  const { t, lang, mayChange } = state;
  const { group, members, owner, forms } = data;
  return (
    <>
      <PageHead title={group.name} crumbs={[{ href: "/groups", label: t("groups.title") }]}>
        <Badge tone={group.type === "normal" ? "accent" : "plain"}>
          {t(`groups.type_${group.type}`)}
        </Badge>
      </PageHead>
      <div class="columns">
        <div class="stack">
          <GroupMembers
            group={group}
            members={members}
            form={forms.members ?? NO_FORM}
            url={url}
            mayChange={mayChange}
            t={t}
            lang={lang}
          />
        </div>
        <div class="stack">
          <GroupSettings
            group={group}
            owner={owner}
            form={forms.save ?? NO_FORM}
            mayChange={mayChange}
            t={t}
            lang={lang}
          />
          {mayChange && (
            <>
              <Card title={t("groups.add_members")}>
                <form method="post" class="form">
                  <FormError form={forms.add ?? NO_FORM} />
                  <MemberField form={forms.add ?? NO_FORM} t={t} />
                  <div class="form-foot">
                    <input type="hidden" name="intent" value="add" />
                    <button type="submit" class="btn btn-primary">{t("groups.add_members")}</button>
                  </div>
                </form>
              </Card>
              <GroupPicture form={forms.picture ?? NO_FORM} t={t} />
              <GroupDismissal group={group} form={forms.dismiss ?? NO_FORM} t={t} />
            </>
          )}
        </div>
      </div>
    </>
  );
});
