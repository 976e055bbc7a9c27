import { lookOf } from "../lib/look.ts";
import { define } from "../utils.ts";

const STYLES = ["tokens", "base", "shell", "controls", "pages"] as const;

export default define.page(function App({ Component, req, state }) {
  const { t, lang, theme } = lookOf(req.headers);
  const { title } = state;
  const name = t("app.name");
  return (
    <html lang={lang === "zh" ? "zh-CN" : "en"} data-theme={theme === "auto" ? undefined : theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>{title === undefined ? name : `${title} · ${name}`}</title>
        <link rel="icon" href="/icon.svg" type="image/svg+xml" />
        {STYLES.map((style) => <link key={style} rel="stylesheet" href={`/css/${style}.css`} />)}
      </head>
      <body>
        <Component />
      </body>
    </html>
  );
});
