/** Remembers language and theme, for who is signed in or not. */
import { localPath, seeOther } from "../lib/answers.ts";
import { CHOICE_AGE_SEC, cookieHeader, LANG_COOKIE, THEME_COOKIE } from "../lib/cookies.ts";
import { valuesOf } from "../lib/forms.ts";
import { isLang } from "../lib/i18n/mod.ts";
import { define } from "../utils.ts";

export const handler = define.handlers({
  GET: () => seeOther("/"),
  POST(ctx) {
    const { lang, theme, back = null } = valuesOf(ctx.state.form);
    const choices = [
      ...(isLang(lang) ? [{ name: LANG_COOKIE, value: lang }] : []),
      ...(theme === "auto" || theme === "light" || theme === "dark"
        ? [{ name: THEME_COOKIE, value: theme }]
        : []),
    ];
    return seeOther(
      localPath(back),
      choices.map((one) => cookieHeader({ ...one, maxAgeSec: CHOICE_AGE_SEC }, ctx.state.services)),
    );
  },
});
