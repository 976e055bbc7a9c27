/** Language and theme, each a form of its own that comes back to the page. */
import { LANGUAGES, type Translate } from "../lib/i18n/mod.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = typeof THEMES[number];

interface Props {
  readonly t: Translate;
  readonly back: string;
}

export function LanguageChoice({ lang, back, t }: Props & { readonly lang: string }) {
  const choices = Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }));
  return (
    <Choices name="lang" chosen={lang} choices={choices} back={back} label={t("app.language")} />
  );
}

export function ThemeChoice({ theme, back, t }: Props & { readonly theme: Theme }) {
  const choices = THEMES.map((value) => ({ value, label: t(`theme.${value}`) }));
  return (
    <Choices name="theme" chosen={theme} choices={choices} back={back} label={t("app.theme")} />
  );
}

function Choices({ name, chosen, choices, back, label }: {
  readonly name: string;
  readonly chosen: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly back: string;
  readonly label: string;
}) {
  return (
    <form method="post" action="/preferences">
      <input type="hidden" name="back" value={back} />
      <div class="choices" role="group" aria-label={label}>
        {choices.map((choice) => (
          <button
            type="submit"
            key={choice.value}
            name={name}
            value={choice.value}
            aria-pressed={choice.value === chosen ? "true" : "false"}
            lang={name === "lang" ? choice.value : undefined}
          >
            {choice.label}
          </button>
        ))}
      </div>
    </form>
  );
}
