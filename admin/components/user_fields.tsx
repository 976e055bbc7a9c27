/** The fields of a user, for adding and for changing one. */
import type { User } from "../lib/api.ts";
import type { Department } from "../lib/api.ts";
import { departmentChoices } from "../lib/departments.ts";
import { type FormState, RULES } from "../lib/forms.ts";
import type { Translate } from "../lib/i18n/mod.ts";
import { STATUSES, statusKey } from "../lib/users.ts";
import { type Choice, SelectField, TextField } from "./field.tsx";

export function UserFields({ form, user, departments, disabled = false, isNew = false, t }: {
  readonly form: FormState;
  readonly user: Partial<User>;
  readonly departments: readonly Department[];
  readonly disabled?: boolean;
  readonly isNew?: boolean;
  readonly t: Translate;
}) {
  const shared = { form, disabled };
  const statuses = STATUSES.map((status) => ({ value: status, label: t(statusKey(status)) }));
  const choices: Choice[] = departmentChoices(departments);
  const isUnknown = user.department_id !== undefined &&
    !departments.some(({ id }) => id === user.department_id);
  if (isUnknown) choices.unshift({ value: user.department_id!, label: t("users.no_department") });
  return (
    <>
      <div class="form-grid">
        <TextField
          {...shared}
          name="name"
          label={t("users.name")}
          hint={t("users.name_hint")}
          value={user.name ?? ""}
          rule={RULES.user.name}
          autofocus={isNew}
        />
        <TextField
          {...shared}
          name="nick"
          label={t("users.nick")}
          value={user.nick ?? ""}
          rule={RULES.user.nick}
        />
        <SelectField
          {...shared}
          name="department_id"
          label={t("users.department")}
          value={user.department_id ?? 0}
          choices={choices}
        />
        <SelectField
          {...shared}
          name="status"
          label={t("users.status")}
          value={user.status ?? 0}
          choices={statuses}
        />
        <TextField
          {...shared}
          name="email"
          type="email"
          label={t("users.email")}
          value={user.email ?? ""}
          rule={RULES.user.email}
        />
        <TextField
          {...shared}
          name="phone"
          type="tel"
          label={t("users.phone")}
          value={user.phone ?? ""}
          rule={RULES.user.phone}
        />
        <SelectField
          {...shared}
          name="sex"
          label={t("users.sex")}
          value={user.sex === 1 || user.sex === 2 ? user.sex : 0}
          choices={[0, 1, 2].map((value) => ({ value, label: t(`sex.${value as 0 | 1 | 2}`) }))}
        />
        <TextField
          {...shared}
          name="domain"
          label={t("users.domain")}
          hint={t("users.domain_hint")}
          value={user.domain ?? ""}
          rule={RULES.user.domain}
        />
      </div>
    </>
  );
}
