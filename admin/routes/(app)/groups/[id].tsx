import { HttpError, page } from "fresh";
import { GroupMembers, GroupPicture, GroupSettings } from "../../../components/group_cards.tsx";
import { Confirm } from "../../../components/confirm.tsx";
import { FormError } from "../../../components/field.tsx";
import { memberError, MemberField } from "../../../components/member_field.tsx";
import { Badge, Card, PageHead } from "../../../components/parts.tsx";
import { requireManager } from "../../../lib/access.ts";
import { done, seeOther } from "../../../lib/answers.ts";
import type { Api } from "../../../lib/api.ts";
import {
  checkValues,
  errorsOf,
  type FormState,
  isFine,
  NO_FORM,
  RULES,
  valuesOf,
} from "../../../lib/forms.ts";
import { groupOwner } from "../../../lib/group_owner.ts";
import { readMembers } from "../../../lib/member_list.ts";
import { idOf, lastPage, numberOf } from "../../../lib/query.ts";
import { uploadPicture } from "../../../lib/upload.ts";
import { define } from "../../../utils.ts";

const PAGE_SIZE = 50;

interface Forms {
  readonly save?: FormState;
  readonly add?: FormState;
  readonly members?: FormState;
  readonly picture?: FormState;
}

async function load(api: Api, url: URL, { id, forms }: { id: number; forms: Forms }) {
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
    const again = async (forms: Forms) => {
      const data = await load(api, ctx.url, { id, forms });
      ctx.state.title = data.group.name;
      return page(data, { status: 422 });
    };
    const wrong = (error: unknown, fields: readonly string[] = []): FormState => ({
      values,
      errors: errorsOf(error, { fields, t }),
    });
    switch (values.intent) {
      case "add": {
        const list = await readMembers(api, values.people ?? "");
        const people = memberError(list, t);
        if (!list.ok) return await again({ add: { values, errors: { people: people ?? "" } } });
        try {
          const { added } = await api.call("PATCH /groups/{id}/members", {
            path,
            body: { add: [...list.ids] },
          });
          const count = added.length;
          return done(here, { key: "groups.members_added", values: { count }, place: services });
        } catch (error) {
          return await again({ add: wrong(error) });
        }
      }
      case "remove": {
        const remove = form.getAll("member").map(Number).filter(Number.isSafeInteger);
        if (remove.length === 0) {
          return await again({ members: { values, errors: { "": t("groups.nobody_chosen") } } });
        }
        try {
          const { removed } = await api.call("PATCH /groups/{id}/members", {
            path,
            body: { remove },
          });
          const count = removed.length;
          return done(here, { key: "groups.members_removed", values: { count }, place: services });
        } catch (error) {
          return await again({ members: wrong(error) });
        }
      }
      case "owner":
        try {
          const creator_id = Number(values.user_id ?? 0);
          await api.call("PATCH /groups/{id}", { path, body: { creator_id } });
          return done(here, { key: "groups.owner_done", place: services });
        } catch (error) {
          return await again({ members: wrong(error) });
        }
      case "picture": {
        const upload = await uploadPicture(form.get("file"), services);
        if (!upload.ok) {
          return await again({ picture: { values, errors: { "": t(`upload.${upload.reason}`) } } });
        }
        await api.call("PATCH /groups/{id}", { path, body: { avatar: upload.url } });
        return done(here, { key: "users.picture_done", place: services });
      }
      case "delete":
        await api.call("DELETE /groups/{id}", { path });
        return done("/groups", { key: "groups.deleted", place: services });
      default: {
        const errors = checkValues(values, RULES.group, t);
        if (!isFine(errors)) return await again({ save: { values, errors } });
        try {
          const { name = "" } = values;
          await api.call("PATCH /groups/{id}", { path, body: { name } });
          return done(here, { key: "groups.saved", values: { name }, place: services });
        } catch (error) {
          return await again({ save: wrong(error, ["name"]) });
        }
      }
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
            pageSize={PAGE_SIZE}
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
              <Card title={t("groups.delete")}>
                <p class="muted">{t("groups.delete_note")}</p>
                <div>
                  <Confirm
                    id="delete"
                    label={t("groups.delete")}
                    title={t("groups.delete_title", { name: group.name })}
                    action={`/groups/${group.id}`}
                    intent="delete"
                    icon="trash"
                    t={t}
                  >
                    <p>{t("groups.delete_note")}</p>
                  </Confirm>
                </div>
              </Card>
            </>
          )}
        </div>
      </div>
    </>
  );
});
