/** Account and password, and with them the fields of a form that waits for the sign-in. */
import type { Fields } from "../lib/kept_form.ts";
import { type FormState, RULES } from "../lib/forms.ts";
import type { Translate } from "../lib/i18n/mod.ts";
import { FormError, TextField } from "./field.tsx";

export function SignInForm({ form, action, kept, t }: {
  readonly form: FormState;
  /** Absent: the page itself. */
  readonly action?: string;
  readonly kept: Fields;
  readonly t: Translate;
}) {
  return (
    <form method="post" action={action} class="form">
      <FormError form={form} />
      <TextField
        form={form}
        name="name"
        label={t("login.name")}
        rule={RULES.signIn.name}
        autocomplete="username"
        autofocus={form.values.name === undefined}
      />
      <TextField
        form={form}
        name="password"
        type="password"
        label={t("login.password")}
        rule={RULES.signIn.password}
        autocomplete="current-password"
        autofocus={form.values.name !== undefined}
      />
      {kept.map(([name, value], i) => <input key={i} type="hidden" name={name} value={value} />)}
      <button type="submit" class="btn btn-primary btn-wide">{t("login.submit")}</button>
    </form>
  );
}
