import { page } from "fresh";
import { Card, PageHead } from "../../components/parts.tsx";
import { serverZone } from "../../lib/format.ts";
import { PARTS, VERSION } from "../../lib/versions.ts";
import { define } from "../../utils.ts";

export const handler = define.handlers({
  GET(ctx) {
    ctx.state.title = ctx.state.t("about.title");
    return page();
  },
});

export default define.page<typeof handler>(function About({ state }) {
  const { t, services } = state;
  return (
    <>
      <PageHead title={t("about.title")} note={t("about.note")} />
      <Card title={t("about.versions")}>
        <dl class="facts">
          <dt>TeamTalk Deno</dt>
          <dd>{VERSION}</dd>
          <dt>Deno</dt>
          <dd>{Deno.version.deno}</dd>
          <dt>{t("about.zone")}</dt>
          <dd class="mono">{serverZone()}</dd>
          <dt>{t("about.api")}</dt>
          <dd>
            <code>{services.apiSite}api/v1</code>
          </dd>
        </dl>
      </Card>
      <Card title={t("about.licences")}>
        <p>{t("about.own_licence")}</p>
        <div class="table-wrap" tabIndex={0} role="group" aria-label={t("about.licences")}>
          <table class="table">
            <thead>
              <tr>
                <th scope="col">{t("about.package")}</th>
                <th scope="col">{t("about.version")}</th>
                <th scope="col">{t("about.licence")}</th>
                <th scope="col" class="wide">{t("about.holder")}</th>
              </tr>
            </thead>
            <tbody>
              {PARTS.map(({ name, version, licence, holder }) => (
                <tr key={name}>
                  <td>
                    <code>{name}</code>
                  </td>
                  <td class="number">{version}</td>
                  <td>{licence}</td>
                  <td class="wide">{holder}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </Card>
    </>
  );
});
