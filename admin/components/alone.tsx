/** The frame of pages without navigation: signing in, a new password, errors. */
import type { ComponentChildren } from "preact";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { LanguageChoice, type Theme, ThemeChoice } from "./choices.tsx";
import { Brand } from "./icon.tsx";

export function Alone({ t, lang, theme, back, children }: {
  readonly t: Translate;
  readonly lang: Lang;
  readonly theme: Theme;
  readonly back: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="alone">
      <main class="alone-box">
        <p class="brand">
          <Brand name={t("app.name")} />
        </p>
        {children}
      </main>
      <footer class="alone-foot">
        <LanguageChoice lang={lang} back={back} t={t} />
        <ThemeChoice theme={theme} back={back} t={t} />
      </footer>
    </div>
  );
}
