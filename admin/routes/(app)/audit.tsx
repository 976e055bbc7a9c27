import { page } from "fresh";
import { Icon } from "../../components/icon.tsx";
import { Badge, Empty, PageHead } from "../../components/parts.tsx";
import SearchKey from "../../islands/search_key.tsx";
import { requireOwner } from "../../lib/access.ts";
import { formatTime } from "../../lib/format.ts";
import { choiceOf, numberOf, searchOf, withQuery } from "../../lib/query.ts";
import { define } from "../../utils.ts";

const PAGE_SIZE = 50;
/** Beginnings of actions, by what they are about. */
const AREAS = [
  "all",
  "user",
  "group",
  "department",
  "session",
  "message",
  "discovery",
  "admin",
  "key",
] as const;

export const handler = define.handlers({
  async GET(ctx) {
    requireOwner(ctx.state);
    ctx.state.title = ctx.state.t("audit.title");
    const area = choiceOf(ctx.url, "area", AREAS);
    const actor = searchOf(ctx.url, "actor");
    const before = numberOf(ctx.url, "before", { min: 1, max: 0xffff_ffff, fallback: 0 });
    const entries = await ctx.state.api.call("GET /audit", {
      query: {
        actor,
        limit: PAGE_SIZE,
        ...(area !== "all" && { action: `${area}.` }),
        ...(before > 0 && { before }),
      },
    });
    return page({ entries, area, actor, isFirst: before === 0 });
  },
});

export default define.page<typeof handler>(function Audit({ data, url, state }) {
  const { t, lang } = state;
  const { entries, area, actor, isFirst } = data;
  const isFiltered = area !== "all" || actor !== "";
  return (
    <>
      <PageHead title={t("audit.title")} note={t("audit.note")} />
      <section class="card" aria-label={t("audit.title")}>
        <form class="toolbar" role="search">
          <div class="search">
            <Icon name="search" />
            <input
              class="input"
              type="search"
              name="actor"
              value={actor}
              maxLength={64}
              placeholder={t("audit.actor_search")}
              aria-label={t("audit.actor_search")}
            />
            <SearchKey label={t("app.search_key")} />
          </div>
          <select class="input" name="area" aria-label={t("audit.area")}>
            {AREAS.map((value) => (
              <option key={value} value={value} selected={value === area}>
                {t(`audit.area_${value}`)}
              </option>
            ))}
          </select>
          <button type="submit" class="btn">{t("common.filter")}</button>
          {isFiltered && <a class="btn btn-bare" href="/audit">{t("common.reset")}</a>}
        </form>
        {entries.items.length === 0
          ? <Empty icon="audit" title={t("audit.none")} />
          : (
            <div class="table-wrap" tabIndex={0} role="group" aria-label={t("audit.title")}>
              <table class="table">
                <thead>
                  <tr>
                    <th scope="col">{t("audit.at")}</th>
                    <th scope="col">{t("audit.actor")}</th>
                    <th scope="col">{t("audit.action")}</th>
                    <th scope="col" class="wide">{t("audit.detail")}</th>
                    <th scope="col">{t("audit.outcome")}</th>
                  </tr>
                </thead>
                <tbody>
                  {entries.items.map((entry) => (
                    <tr key={entry.id}>
                      <td class="small nowrap">{formatTime(entry.at, lang)}</td>
                      <td>
                        <span class="person-text">
                          <strong>{entry.actor.name || t("audit.nobody")}</strong>
                          <span class="small muted mono">{entry.remote}</span>
                        </span>
                      </td>
                      <td>
                        <span class="person-text">
                          <code>{entry.action}</code>
                          <span class="small muted">{entry.target}</span>
                        </span>
                      </td>
                      <td class="wide small">
                        <code>{detailText(entry.detail)}</code>
                      </td>
                      <td class="nowrap">
                        <Badge
                          tone={entry.outcome === "done"
                            ? "good"
                            : entry.outcome === "begun"
                            ? "warn"
                            : "bad"}
                        >
                          {entry.outcome === "done" ? t("audit.done") : entry.outcome}
                        </Badge>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        <nav class="pager" aria-label={t("pager.label")}>
          <span>{t("audit.newest_first")}</span>
          <span class="actions">
            {!isFirst && (
              <a class="btn btn-small" href={withQuery(url, { before: null })}>
                {t("audit.newest")}
              </a>
            )}
            {entries.next_before !== null && (
              <a class="btn btn-small" href={withQuery(url, { before: entries.next_before })}>
                {t("audit.older")}
              </a>
            )}
          </span>
        </nav>
      </section>
    </>
  );
});

/** Longer details are cut: the log itself has them. */
const MAX_DETAIL_CHARS = 160;

function detailText(detail: unknown): string {
  if (detail === null || detail === undefined || detail === "") return "";
  const text = typeof detail === "string" ? detail : JSON.stringify(detail);
  return text.length > MAX_DETAIL_CHARS ? `${text.slice(0, MAX_DETAIL_CHARS)}…` : text;
}
