import { page } from "fresh";
import { Badge, Card, PageHead, type Tone } from "../../components/parts.tsx";
import LiveFigures from "../../islands/live_figures.tsx";
import type { Health } from "../../lib/api.ts";
import { readStatistics } from "../../lib/figures.ts";
import { formatBytes, formatDuration, formatNumber } from "../../lib/format.ts";
import type { Translate } from "../../lib/i18n/mod.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers({
  async GET(ctx) {
    const { api, t } = ctx.state;
    ctx.state.title = t("dashboard.title");
    const [{ statistics, figures }, health] = await Promise.all([
      readStatistics(api),
      api.call("GET /health"),
    ]);
    return page({ statistics, figures, health });
  },
});

const TONES: Readonly<Record<Health["servers"][number]["state"], Tone>> = {
  up: "good",
  down: "bad",
  unknown: "plain",
};

export default define.page<typeof handler>(function Dashboard({ data, state }) {
  const { t, lang } = state;
  const { statistics, figures, health } = data;
  const { storage, msg_servers } = statistics;
  const number = (value: number) => formatNumber(value, lang);
  return (
    <>
      <PageHead title={t("dashboard.title")}>
        <Badge tone={health.status === "ok" ? "good" : "bad"}>
          {t(`dashboard.${health.status}`)}
        </Badge>
      </PageHead>
      <LiveFigures
        first={figures}
        texts={{
          users: t("dashboard.users"),
          messages: t("dashboard.messages"),
          deliveries: t("dashboard.deliveries"),
          connections: t("dashboard.connections"),
          unknown: t("dashboard.unknown"),
          traffic: t("dashboard.traffic"),
          presence: t("dashboard.presence"),
          lost: t("dashboard.lost"),
          locale: lang === "zh" ? "zh-CN" : "en-GB",
        }}
      />
      <div class="charts">
        <Servers health={health} t={t} />
        <div class="stack">
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
      </div>
    </>
  );
});

function Servers({ health, t }: { readonly health: Health; readonly t: Translate }) {
  return (
    <Card title={t("dashboard.servers")}>
      <ul class="servers">
        {health.servers.map(({ role, address, state, detail }, i) => (
          <li key={i} class="server">
            <span class="person-text">
              <strong>{role}</strong>
              <span class="small muted">{[address, detail].filter((one) => one).join(" · ")}</span>
            </span>
            <Badge tone={TONES[state]}>{t(`dashboard.state_${state}`)}</Badge>
          </li>
        ))}
      </ul>
    </Card>
  );
}
