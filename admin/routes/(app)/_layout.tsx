import { LanguageChoice, ThemeChoice } from "../../components/choices.tsx";
import { FlashNotice } from "../../components/flash_notice.tsx";
import { Brand, Icon } from "../../components/icon.tsx";
import { isWithin, navigationOf } from "../../lib/nav.ts";
import { define } from "../../utils.ts";

export default define.layout(function Layout({ Component, state, url }) {
  const { t, lang, theme, me, flash } = state;
  const back = url.pathname + url.search;
  return (
    <>
      <a class="skip" href="#main">{t("app.skip")}</a>
      <div class="shell">
        <header class="topbar">
          <button
            type="button"
            class="btn btn-bare btn-icon"
            popovertarget="side"
            aria-label={t("app.menu")}
          >
            <Icon name="menu" />
          </button>
          <a class="brand" href="/">
            <Brand name={t("app.name")} />
          </a>
        </header>
        <aside class="side" id="side" popover="auto" aria-label={t("app.name")}>
          <a class="brand" href="/">
            <Brand name={t("app.name")} />
          </a>
          <nav class="nav" aria-label={t("app.menu")}>
            {navigationOf(me).map((item) => (
              <a
                key={item.href}
                href={item.href}
                aria-current={isWithin(url.pathname, item.href) ? "page" : "false"}
              >
                <Icon name={item.icon} />
                {t(item.label)}
              </a>
            ))}
          </nav>
          <div class="side-foot">
            <button type="button" class="account" popovertarget="account">
              <span class={`avatar tone-${me.id % 6}`} aria-hidden="true">
                {[...me.name][0]?.toUpperCase()}
              </span>
              <span class="account-text">
                <strong>{me.name}</strong>
                <span class="small muted">{t(`role.${me.role}`)}</span>
              </span>
              <Icon name="up" />
            </button>
            <div id="account" class="menu" popover="auto">
              <div class="menu-group">
                <LanguageChoice lang={lang} back={back} t={t} />
                <ThemeChoice theme={theme} back={back} t={t} />
              </div>
              <div class="menu-group">
                <a class="menu-item" href="/password">
                  <Icon name="key" />
                  {t("password.title")}
                </a>
                <form method="post" action="/logout">
                  <button type="submit" class="menu-item">
                    <Icon name="sign_out" />
                    {t("app.sign_out")}
                  </button>
                </form>
              </div>
            </div>
          </div>
        </aside>
        <main class="content" id="main" tabIndex={-1}>
          <div class="content-inner">
            {flash !== null && <FlashNotice flash={flash} t={t} />}
            <Component />
          </div>
        </main>
      </div>
    </>
  );
});
