/** Users to choose: a text field of lines, and above it a search where there are scripts. */
import MemberPicker from "../islands/member_picker.tsx";
import type { FormState } from "../lib/forms.ts";
import type { Translate } from "../lib/i18n/mod.ts";
import type { MemberList } from "../lib/member_list.ts";
import { TextArea } from "./field.tsx";

const SCOPE = "members";

export function MemberField({ form, t }: { readonly form: FormState; readonly t: Translate }) {
  return (
    <>
      <MemberPicker
        field={`${SCOPE}-people`}
        texts={{
          search: t("people.search"),
          add: t("people.add"),
          added: t("people.added"),
          none: t("people.none"),
          failed: t("people.failed"),
        }}
      />
      <TextArea
        form={form}
        scope={SCOPE}
        name="people"
        label={t("people.chosen")}
        hint={t("people.hint")}
        rows={5}
      />
    </>
  );
}

/** What is wrong with the lines; `null` when nothing is. */
export function memberError(list: MemberList, t: Translate): string | null {
  if (list.ok) return null;
  if (list.reason !== "unknown") return t(`people.${list.reason}_error`);
  return t("people.unknown_error", { names: list.names.join(", ") });
}
