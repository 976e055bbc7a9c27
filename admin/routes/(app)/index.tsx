import { page } from "fresh";
import { Card, PageHead } from "../../components/parts.tsx";
import LiveFigures from "../../islands/live_figures.tsx";
import { readFigures } from "../../lib/figures.ts";
import {
  formatBytes,
  formatDuration,
  formatNumber,
  LOCALES,
  serverZone,
} from "../../lib/format.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { api, t } = ctx.state;
    ctx.state.title = t("dashboard.title");
    return page(await readFigures(api, t));
  },
});

export default define.page<typeof handler>(function Dashboard({ data, state }) {
  const { t, lang } = state;
  const { statistics, figures } = data;
  const { storage, msg_servers } = statistics;
  const number = (value: number) => formatNumber(value, lang);
  return (
    <>
      <PageHead title={t("dashboard.title")} />
      <LiveFigures
        first={figures}
        texts={{
          users: t("dashboard.users"),
          messages: t("dashboard.messages"),
          deliveries: t("dashboard.deliveries"),
          connections: t("dashboard.connections"),
          unknown: t("dashboard.unknown"),
          ok: t("dashboard.ok"),
          degraded: t("dashboard.degraded"),
          traffic: t("dashboard.traffic"),
          presence: t("dashboard.presence"),
          latency: t("dashboard.latency"),
          latency_note: t("dashboard.latency_note"),
          half: t("dashboard.half"),
          most: t("dashboard.most"),
          most_within: t("dashboard.most_within"),
          in_last_minute: t("dashboard.in_last_minute"),
          to_database: t("dashboard.to_database"),
          to_route: t("dashboard.to_route"),
          servers: t("dashboard.servers"),
          lost: t("dashboard.lost"),
          locale: LOCALES[lang],
          zone: serverZone(),
        }}
      />
      <div class="charts">
        <Card title={t("dashboard.storage")}>
          <dl class="facts">
            <dt>{t("dashboard.engine")}</dt>
            <dd>{t(`dashboard.engine_${storage.engine}`)}</dd>
            <dt>{t("dashboard.size")}</dt>
            <dd class="number">{formatBytes(storage.bytes, lang)}</dd>
            <dt>{t("users.title")}</dt>
            <dd class="number">{number(storage.users)}</dd>
            <dt>{t("departments.title")}</dt>
            <dd class="number">{number(storage.departments)}</dd>
            <dt>{t("groups.title")}</dt>
            <dd class="number">{number(storage.groups)}</dd>
            <dt>{t("dashboard.stored_messages")}</dt>
            <dd class="number">{number(storage.messages)}</dd>
          </dl>
        </Card>
        <Card title={t("dashboard.msg_servers")}>
          {msg_servers.length === 0 && <p class="muted">{t("dashboard.no_msg_servers")}</p>}
          {msg_servers.map((server, i) => (
            <dl class="facts" key={server.name ?? i}>
              <dt>{t("dashboard.server")}</dt>
              <dd class="mono">{server.name ?? t("dashboard.unknown")}</dd>
              <dt>{t("dashboard.uptime")}</dt>
              <dd>
                {server.uptime_seconds === undefined
                  ? t("dashboard.unknown")
                  : formatDuration(server.uptime_seconds)}
              </dd>
              <dt>{t("dashboard.connections")}</dt>
              <dd class="number">{number(server.connections ?? 0)}</dd>
              <dt>{t("dashboard.since_start")}</dt>
              <dd class="number">
                {t("dashboard.totals", {
                  messages: number(server.messages ?? 0),
                  deliveries: number(server.deliveries ?? 0),
                })}
              </dd>
              <dt>{t("dashboard.backlog")}</dt>
              <dd class="number">{formatBytes(server.storage_backlog_bytes ?? 0, lang)}</dd>
            </dl>
          ))}
        </Card>
      </div>
    </>
  );
});
