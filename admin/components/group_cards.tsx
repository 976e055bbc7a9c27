/** The cards of a group: its members, settings and picture. */
import AvatarCrop from "../islands/avatar_crop.tsx";
import type { Answer, Group, User } from "../lib/api.ts";
import { formatNumber, formatTime } from "../lib/format.ts";
import { type FormState, RULES } from "../lib/forms.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { Confirm } from "./confirm.tsx";
import { FormError, TextField } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { DataTable, HiddenHead } from "./list.tsx";
import { Pager } from "./pager.tsx";
import { Avatar, Badge, Card, Empty } from "./parts.tsx";
import { Person } from "./person.tsx";

interface Shared {
  readonly group: Group;
  readonly form: FormState;
  readonly mayChange: boolean;
  readonly t: Translate;
  readonly lang: Lang;
}

export function GroupMembers({ group, members, form, url, mayChange, t, lang }:
  & Shared
  & {
    readonly members: Answer<"GET /groups/{id}/members">;
    readonly url: URL;
  }) {
  return (
    <section class="card" aria-label={t("groups.members")}>
      <div class="card-head">
        <h2>{t("groups.members")}</h2>
        <span class="muted small">
          {t("groups.member_count", { count: formatNumber(group.member_count, lang) })}
        </span>
      </div>
      {members.items.length === 0
        ? <Empty icon="users" title={t("groups.no_members")} />
        : (
          <form method="post" id="members">
            {mayChange && (
              <div class="toolbar">
                <FormError form={form} />
                <button type="button" class="btn btn-danger-quiet" popovertarget="remove">
                  {t("groups.remove_chosen")}
                </button>
                <div
                  id="remove"
                  popover="auto"
                  class="dialog"
                  role="dialog"
                  aria-labelledby="remove-title"
                >
                  <div class="dialog-inner">
                    <h2 id="remove-title">{t("groups.remove_title")}</h2>
                    <p>{t("groups.remove_note")}</p>
                    <div class="dialog-foot">
                      <button
                        type="button"
                        class="btn"
                        popovertarget="remove"
                        popovertargetaction="hide"
                        autofocus
                      >
                        {t("common.cancel")}
                      </button>
                      <button type="submit" class="btn btn-danger" name="intent" value="remove">
                        {t("groups.remove_chosen")}
                      </button>
                    </div>
                  </div>
                </div>
              </div>
            )}
            <DataTable
              head={
                <>
                  {mayChange && <HiddenHead>{t("common.choose")}</HiddenHead>}
                  <th scope="col">{t("users.person")}</th>
                  <th scope="col" class="wide">{t("groups.joined")}</th>
                  <HiddenHead end>{t("groups.owner")}</HiddenHead>
                </>
              }
            >
              {members.items.map((member) => (
                <tr key={member.user_id}>
                  {mayChange && (
                    <td class="check-cell">
                      <input
                        type="checkbox"
                        name="member"
                        value={member.user_id}
                        aria-label={t("common.choose_one", { name: member.name })}
                      />
                    </td>
                  )}
                  <td>
                    <Person {...member} id={member.user_id} />
                  </td>
                  <td class="wide small muted">{formatTime(member.joined, lang)}</td>
                  <td class="end nowrap">
                    {member.user_id === group.creator_id
                      ? <Badge tone="accent">{t("groups.owner")}</Badge>
                      : mayChange && (
                        <button
                          type="submit"
                          class="btn btn-small btn-bare"
                          form={`owner-${member.user_id}`}
                          aria-label={t("groups.make_owner_of", { name: member.name })}
                        >
                          {t("groups.make_owner")}
                        </button>
                      )}
                  </td>
                </tr>
              ))}
            </DataTable>
          </form>
        )}
      {mayChange &&
        members.items.map(({ user_id }) => (
          <form key={user_id} id={`owner-${user_id}`} method="post" hidden>
            <input type="hidden" name="intent" value="owner" />
            <input type="hidden" name="user_id" value={user_id} />
          </form>
        ))}
      <Pager url={url} list={members} t={t} lang={lang} />
    </section>
  );
}

export function GroupSettings(
  { group, owner, form, mayChange, t, lang }: Shared & { readonly owner: User | null },
) {
  return (
    <Card title={t("groups.settings")}>
      <div class="person">
        <Avatar id={group.id} name={group.name} avatar={group.avatar} size="large" />
        <dl class="facts small">
          <dt>{t("users.id")}</dt>
          <dd class="number">{group.id}</dd>
          <dt>{t("groups.owner")}</dt>
          <dd>
            {owner === null
              ? t("groups.no_owner")
              : <a href={`/users/${owner.id}`}>{owner.nick || owner.name}</a>}
          </dd>
          <dt>{t("common.created")}</dt>
          <dd>{formatTime(group.created, lang)}</dd>
        </dl>
      </div>
      <form method="post" class="form">
        <FormError form={form} />
        <TextField
          form={form}
          name="name"
          label={t("groups.name")}
          value={group.name}
          rule={RULES.group.name}
          disabled={!mayChange}
        />
        {mayChange && (
          <div class="form-foot">
            <input type="hidden" name="intent" value="save" />
            <button type="submit" class="btn btn-primary">{t("common.save")}</button>
          </div>
        )}
      </form>
    </Card>
  );
}

export function GroupPicture({ form, t }: { readonly form: FormState; readonly t: Translate }) {
  return (
    <Card title={t("users.picture")}>
      <form method="post" encType="multipart/form-data" class="form">
        <FormError form={form} />
        <AvatarCrop
          texts={{
            file: t("users.picture_file"),
            hint: t("users.picture_hint"),
            crop: t("users.picture_crop"),
            zoom: t("users.picture_zoom"),
            unreadable: t("upload.no_picture"),
          }}
        />
        <input type="hidden" name="intent" value="picture" />
        <div class="form-foot">
          <button type="submit" class="btn">
            <Icon name="upload" />
            {t("users.picture_upload")}
          </button>
        </div>
      </form>
    </Card>
  );
}

/** A dismissal cannot be undone, so the name of the group is asked for. */
export function GroupDismissal({ group, form, t }: {
  readonly group: Group;
  readonly form: FormState;
  readonly t: Translate;
}) {
  return (
    <Card title={t("groups.delete")}>
      <FormError form={form} />
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
          <TextField
            form={form}
            scope="delete"
            name="confirm_name"
            label={t("groups.delete_confirm", { name: group.name })}
            rule={{ min: 1, max: RULES.group.name.max }}
          />
        </Confirm>
      </div>
    </Card>
  );
}
