/**
 * Asks before something is destroyed: a button with a popover that holds the form. Works without
 * scripts; Escape or a click beside it closes it, and the focus goes back to the button.
 */
import type { ComponentChildren } from "preact";
import type { Translate } from "../lib/i18n/mod.ts";
import { Icon, type IconName } from "./icon.tsx";

export function Confirm(
  { id, label, title, action, intent, values = {}, icon, kind, t, children }: {
    /** Unique on the page. */
    readonly id: string;
    readonly label: string;
    readonly title: string;
    /** Where the form goes. */
    readonly action: string;
    readonly intent: string;
    readonly values?: Readonly<Record<string, string | number>>;
    readonly icon?: IconName;
    readonly kind?: string;
    readonly t: Translate;
    /** What will happen, and fields of the form. */
    readonly children: ComponentChildren;
  },
) {
  return (
    <>
      <button type="button" class={kind ?? "btn btn-danger-quiet"} popovertarget={id}>
        {icon !== undefined && <Icon name={icon} />}
        {label}
      </button>
      <div id={id} popover="auto" class="dialog" role="dialog" aria-labelledby={`${id}-title`}>
        <form method="post" action={action} class="dialog-inner">
          <h2 id={`${id}-title`}>{title}</h2>
          {children}
          <input type="hidden" name="intent" value={intent} />
          {Object.entries(values).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <div class="dialog-foot">
            <button
              type="button"
              class="btn"
              popovertarget={id}
              popovertargetaction="hide"
              autofocus
            >
              {t("common.cancel")}
            </button>
            <button type="submit" class="btn btn-danger">{label}</button>
          </div>
        </form>
      </div>
    </>
  );
}
