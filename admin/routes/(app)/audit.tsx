import { page } from "fresh";
import { DataTable, SearchField } from "../../components/list.tsx";
import { Badge, Empty, PageHead } from "../../components/parts.tsx";
import { requireOwner } from "../../lib/access.ts";
import { formatTime, serverZone } from "../../lib/format.ts";
import { choiceOf, dayOf, numberOf, searchOf, withQuery } from "../../lib/query.ts";
import { define } from "../../utils.ts";

const PAGE_SIZE = 50;
/** What actions are about, and how the API asks for them: whole, or by their beginning. */
const ACTIONS = {
  all: "",
  user: "user.",
  group: "group.",
  department: "department.",
  session: "session.",
  message: "message.",
  discovery: "discovery.",
  sign_in: "login",
  admin: "admin.",
  admin_session: "admin_session.",
  key: "api_key.",
} as const;
type Area = keyof typeof ACTIONS;
const AREAS = Object.keys(ACTIONS) as [Area, ...Area[]];

export const handler = define.handlers({
  async GET(ctx) {
    requireOwner(ctx.state);
    ctx.state.title = ctx.state.t("audit.title");
    const area = choiceOf(ctx.url, "area", AREAS);
    const actor = searchOf(ctx.url, "actor");
    const target = searchOf(ctx.url, "target");
    const from = dayOf(ctx.url, "from");
    const to = dayOf(ctx.url, "to");
    const before = numberOf(ctx.url, "before", { min: 1, max: 0xffff_ffff, fallback: 0 });
    const entries = await ctx.state.api.call("GET /audit", {
      query: {
        actor,
        target,
        action: ACTIONS[area],
        ...(from !== null && { since: from.since }),
        ...(to !== null && { until: to.until }),
        limit: PAGE_SIZE,
        ...(before > 0 && { before }),
      },
    });
    const filter = { area, actor, target, from: from?.day ?? "", to: to?.day ?? "" };
    return page({ entries, filter, isFirst: before === 0 });
  },
});

export default define.page<typeof handler>(function Audit({ data, url, state }) {
  const { t, lang } = state;
  const { entries, filter, isFirst } = data;
  const { area, actor, target, from, to } = filter;
  const isFiltered = area !== "all" || [actor, target, from, to].some((one) => one !== "");
  return (
    <>
      <PageHead
        title={t("audit.title")}
        note={`${t("audit.note")} ${t("common.zone", { zone: serverZone() })}`}
      />
      <section class="card" aria-label={t("audit.title")}>
        <form class="toolbar" role="search">
          <SearchField name="actor" value={actor} label={t("audit.actor_search")} t={t} />
          <select class="input" name="area" aria-label={t("audit.area")}>
            {AREAS.map((value) => (
              <option key={value} value={value} selected={value === area}>
                {t(`audit.area_${value}`)}
              </option>
            ))}
          </select>
          <input
            class="input"
            name="target"
            value={target}
            maxLength={64}
            placeholder={t("audit.target_hint")}
            aria-label={t("audit.target")}
          />
          <label class="toolbar-field">
            {t("audit.from")}
            <input class="input" type="date" name="from" value={from} />
          </label>
          <label class="toolbar-field">
            {t("audit.to")}
            <input class="input" type="date" name="to" value={to} />
          </label>
          <button type="submit" class="btn">{t("common.filter")}</button>
          {isFiltered && <a class="btn btn-bare" href="/audit">{t("common.reset")}</a>}
        </form>
        {entries.items.length === 0 ? <Empty icon="audit" title={t("audit.none")} /> : (
          <DataTable
            label={t("audit.title")}
            head={
              <>
                <th scope="col">{t("audit.at")}</th>
                <th scope="col">{t("audit.actor")}</th>
                <th scope="col">{t("audit.action")}</th>
                <th scope="col" class="wide">{t("audit.detail")}</th>
                <th scope="col">{t("audit.outcome")}</th>
              </>
            }
          >
            {entries.items.map((entry) => (
              <tr key={entry.id}>
                <td class="small nowrap">{formatTime(entry.at, lang)}</td>
                <td>
                  <span class="person-text whole">
                    <strong>{entry.actor.name || t("audit.nobody")}</strong>
                    <span class="small muted mono">{entry.remote}</span>
                  </span>
                </td>
                <td>
                  <span class="person-text whole">
                    <code>{entry.action}</code>
                    {entry.target !== "" && (
                      <a
                        class="small muted"
                        href={withQuery(url, { target: entry.target, before: null })}
                      >
                        {entry.target}
                      </a>
                    )}
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
          </DataTable>
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
