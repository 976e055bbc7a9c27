/** The cards beside a user's profile: sessions, password, picture, access, groups. */
import AvatarCrop from "../islands/avatar_crop.tsx";
import type { Answer, User } from "../lib/api.ts";
import { formatNumber } from "../lib/format.ts";
import { type FormState, RULES } from "../lib/forms.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { STATUS_LEFT } from "../lib/users.ts";
import { Confirm } from "./confirm.tsx";
import { FormError, TextField } from "./field.tsx";
import { Icon } from "./icon.tsx";
import { Avatar, Badge, Card } from "./parts.tsx";

export function UserSessions({ user, online, mayChange, t }: {
  readonly user: User;
  /** `null`: not known. */
  readonly online: readonly string[] | null;
  readonly mayChange: boolean;
  readonly t: Translate;
}) {
  return (
    <Card title={t("users.sessions")}>
      {online === null
        ? <p class="muted">{t("users.presence_unknown")}</p>
        : online.length === 0
        ? <p class="muted">{t("users.is_offline")}</p>
        : <p class="chips">{online.map((one) => <Badge key={one} tone="good">{one}</Badge>)}</p>}
      {mayChange && online !== null && online.length > 0 && (
        <div>
          <Confirm
            id="sign-out"
            label={t("users.sign_out")}
            title={t("users.sign_out_title")}
            action={`/users/${user.id}`}
            intent="sign_out"
            icon="sign_out"
            kind="btn"
            t={t}
          >
            <p>{t("users.sign_out_note")}</p>
          </Confirm>
        </div>
      )}
    </Card>
  );
}

export function UserPassword(
  { form, t }: { readonly form: FormState; readonly t: Translate },
) {
  return (
    <Card title={t("users.password_reset")}>
      <form method="post" class="form">
        <FormError form={form} />
        <TextField
          form={form}
          scope="reset"
          name="password"
          type="password"
          label={t("users.new_password")}
          hint={t("users.password_hint")}
          rule={RULES.userPassword.password}
          autocomplete="new-password"
        />
        <div class="form-foot">
          <input type="hidden" name="intent" value="password" />
          <button type="submit" class="btn">
            <Icon name="key" />
            {t("users.set_password")}
          </button>
        </div>
      </form>
    </Card>
  );
}

export function UserPicture({ user, form, t }: {
  readonly user: User;
  readonly form: FormState;
  readonly t: Translate;
}) {
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
      {user.avatar !== "" && (
        <div>
          <Confirm
            id="no-picture"
            label={t("users.picture_remove")}
            title={t("users.picture_remove_title")}
            action={`/users/${user.id}`}
            intent="no_picture"
            icon="trash"
            t={t}
          >
            <p>{t("users.picture_remove_note")}</p>
          </Confirm>
        </div>
      )}
    </Card>
  );
}

export function UserAccess({ user, t }: { readonly user: User; readonly t: Translate }) {
  const action = `/users/${user.id}`;
  return (
    <Card title={t("users.access")}>
      {user.status === STATUS_LEFT
        ? (
          <>
            <p class="muted">{t("users.enable_note")}</p>
            <form method="post" action={action}>
              <input type="hidden" name="intent" value="enable" />
              <button type="submit" class="btn">{t("users.enable")}</button>
            </form>
          </>
        )
        : (
          <>
            <p class="muted">{t("users.disable_note")}</p>
            <div>
              <Confirm
                id="disable"
                label={t("users.disable")}
                title={t("users.disable_title", { name: user.nick || user.name })}
                action={action}
                intent="disable"
                t={t}
              >
                <p>{t("users.disable_note")}</p>
              </Confirm>
            </div>
          </>
        )}
    </Card>
  );
}

export function UserGroups({ userId, groups, t, lang }: {
  readonly userId: number;
  readonly groups: Answer<"GET /groups">;
  readonly t: Translate;
  readonly lang: Lang;
}) {
  const { items, total } = groups;
  return (
    <Card
      title={t("users.groups")}
      actions={total > items.length && (
        <a href={`/groups?member_id=${userId}`}>
          {t("users.all_groups", { count: formatNumber(total, lang) })}
        </a>
      )}
    >
      {items.length === 0 && <p class="muted">{t("users.no_groups")}</p>}
      <ul class="stack-small">
        {items.map((group) => (
          <li key={group.id}>
            <a class="person" href={`/groups/${group.id}`}>
              <Avatar id={group.id} name={group.name} avatar={group.avatar} />
              <span class="person-text">
                <strong>{group.name}</strong>
                <span class="small muted">
                  {t("groups.member_count", { count: formatNumber(group.member_count, lang) })}
                </span>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}
