/** What clients are told when they ask where to log in, of each login_server. */
import type { Answer } from "../lib/api.ts";
import { formatNumber } from "../lib/format.ts";
import type { Lang, Translate } from "../lib/i18n/mod.ts";
import { DataTable } from "./list.tsx";
import { Badge, Empty, type Tone } from "./parts.tsx";

type LoginServer = Answer<"GET /client_addresses">["login_servers"][number];

const TONES: Readonly<Record<LoginServer["state"], Tone>> = {
  up: "good",
  down: "bad",
  unknown: "plain",
};

interface Shared {
  readonly t: Translate;
  readonly lang: Lang;
}

export function ClientAddresses(
  { loginServers, t, lang }: Shared & { readonly loginServers: readonly LoginServer[] },
) {
  return (
    <section class="card" aria-label={t("addresses.title")}>
      <div class="card-head">
        <h2>{t("addresses.title")}</h2>
      </div>
      {loginServers.length === 0 && (
        <Empty icon="settings" title={t("addresses.none")}>
          <p>{t("addresses.none_note")}</p>
        </Empty>
      )}
      {loginServers.map((server) => (
        <div class="card-body" key={server.address}>
          <p class="person">
            <strong class="mono">{server.address}</strong>
            <Badge tone={TONES[server.state]}>{t(`dashboard.state_${server.state}`)}</Badge>
          </p>
          {server.state === "unknown" && <p class="muted">{t("addresses.unknown")}</p>}
          {server.told !== null && <Told told={server.told} t={t} lang={lang} />}
        </div>
      ))}
    </section>
  );
}

function Told({ told, t, lang }: Shared & { readonly told: NonNullable<LoginServer["told"]> }) {
  const { msg_servers, msfs, discovery } = told;
  return (
    <>
      {msg_servers.length === 0
        ? <p class="notice notice-warn">{t("addresses.no_msg_server")}</p>
        : (
          <DataTable
            label={t("addresses.title")}
            head={
              <>
                <th scope="col">{t("addresses.address")}</th>
                <th scope="col" class="wide">{t("addresses.host")}</th>
                <th scope="col">{t("addresses.load")}</th>
              </>
            }
          >
            {msg_servers.map(({ addresses, host_name, online, max_online }) => (
              <tr key={addresses[0]}>
                <td class="mono">{addresses.join(", ")}</td>
                <td class="wide muted">{host_name}</td>
                <td class="number">
                  {t("addresses.online", {
                    online: formatNumber(online, lang),
                    max: formatNumber(max_online, lang),
                  })}
                </td>
              </tr>
            ))}
          </DataTable>
        )}
      <dl class="facts small">
        <dt>{t("addresses.msfs")}</dt>
        <dd class="mono">{msfs}</dd>
        <dt>{t("addresses.discovery")}</dt>
        <dd class="mono">{discovery}</dd>
      </dl>
    </>
  );
}
