/** What was done before this page, and the way back. */
import type { Flash } from "../lib/flash.ts";
import type { Translate } from "../lib/i18n/mod.ts";

export function FlashNotice({ flash, t }: { readonly flash: Flash; readonly t: Translate }) {
  const { kind, key, values, undo } = flash;
  return (
    <div class={`notice notice-${kind}`} role={kind === "done" ? "status" : "alert"}>
      <span class="notice-text">{t(key, values)}</span>
      {undo !== null && (
        <form method="post" action={undo.action}>
          {undo.fields.map(([name, value], i) => (
            <input key={i} type="hidden" name={name} value={value} />
          ))}
          <button type="submit" class="btn btn-small">{t("common.undo")}</button>
        </form>
      )}
    </div>
  );
}
