/** A form that could not be handled, to be sent once more: nothing that was typed is lost. */
import { NO_FORM, valuesOf } from "../lib/forms.ts";
import type { TextKey, Translate } from "../lib/i18n/mod.ts";
import { TextField } from "./field.tsx";

/** Passwords are not written into a page again, but asked for. */
const PASSWORDS: Readonly<Record<string, TextKey>> = {
  password: "users.password",
  current_password: "password.current",
  new_password: "password.new",
  repeated_password: "password.repeat",
};

export function SendAgain({ fields, action, t }: {
  readonly fields: FormData;
  readonly action: string;
  readonly t: Translate;
}) {
  const texts = [...fields].filter(([name, value]) =>
    typeof value === "string" && PASSWORDS[name] === undefined
  );
  const passwords = Object.keys(valuesOf(fields)).filter((name) => PASSWORDS[name] !== undefined);
  return (
    <form method="post" action={action} class="form">
      {texts.map(([name, value], i) => (
        <input key={i} type="hidden" name={name} value={String(value)} />
      ))}
      {passwords.map((name) => (
        <TextField
          key={name}
          form={NO_FORM}
          name={name}
          type="password"
          label={t(PASSWORDS[name]!)}
          rule={{ min: 1, max: 256 }}
        />
      ))}
      <button type="submit" class="btn btn-primary btn-wide">{t("failure.send_again")}</button>
    </form>
  );
}
