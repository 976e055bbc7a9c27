/** Process wiring of the all-in-one suite: `deno task start`. */
import { formatAddress } from "../../shared/netlib/mod.ts";
import { runProcess } from "../../shared/process.ts";
import { describeStorage } from "../db_proxy/config.ts";
import { loadSuiteConfig } from "./config.ts";
import { ensureAdministrator, FIRST_ADMIN_NAME } from "./first_run.ts";
import { parseSuiteOptions } from "./options.ts";
import { startSuite } from "./suite.ts";

await runProcess(
  { name: "suite", network: "suite", commandLine: "own" },
  async ({ source, deps, cores, onFatal }) => {
    const options = parseSuiteOptions(source.args);
    const config = loadSuiteConfig(
      source,
      options,
      (notice) => deps.log.warn(notice),
    );
    const administrator = await ensureAdministrator(config.dbProxy.storage, deps);
    const suite = await startSuite(config, { ...deps, cores, onFatal });
    const { http, loginClients, msgClients, fileClients, msfs, management, admin } =
      suite.addresses;
    const toldAddress = (port: number): string =>
      formatAddress({ host: config.msg.publicIp1, port });
    const data = options.dataDir === null ? "" : ` --data ${options.dataDir}`;
    const lookup = schemeOf(config.login.Tls?.isRequired === true);
    const server = ` --server ${lookup}://127.0.0.1:${http.port}`;
    const lines = [
      "",
      "TeamTalk is running.",
      `  Clients ask   ${lookup}://${toldAddress(http.port)}/msg_server`,
      `                (login_server: HTTP ${formatAddress(http)}, TCP ${
        formatAddress(loginClients)
      })`,
      `  Clients chat  ${toldAddress(msgClients.port)} (msg_server ${formatAddress(msgClients)})`,
      ...(fileClients === null ? [] : [
        `  Files         ${formatAddress(fileClients)} (file_server)`,
      ]),
      ...(msfs === null
        ? []
        : [`  Pictures      ${config.login.msfs} (msfs ${formatAddress(msfs)})`]),
      ...(management === null ? [] : [
        `  Management    ${schemeOf(config.httpMsg?.listen[0]?.tls)}://${
          formatAddress(management)
        }/api/v1 (http_msg_server)`,
      ]),
      ...(admin === null ? [] : [
        `  Web admin     ${schemeOf(config.admin?.listen[0]?.tls)}://${
          formatAddress(admin)
        } (sign in as ${FIRST_ADMIN_NAME})`,
      ]),
      `  Data          ${describeStorage(config.dbProxy.storage)}`,
    ];
    if (administrator.kind === "made") {
      lines.push(
        `  Administrator ${FIRST_ADMIN_NAME}, password ${administrator.password}`,
        "                (shown this once: keep it)",
      );
    } else if (administrator.kind === "impossible") {
      lines.push(`  Administrator none: ${administrator.reason}`);
    }
    lines.push(
      `  Try           deno task seed --users 100 --groups 2 --members 20 --password secret${data}`,
      `                deno task chat --user user1 --password secret${server}`,
      "",
    );
    // deno-lint-ignore no-console -- what an operator needs to see, whatever the log level.
    console.log(lines.join("\n"));
    return suite;
  },
);

/** Of the first address of a role: that with TLS only when there is no plain one. */
function schemeOf(tls: unknown): string {
  return tls ? "https" : "http";
}
