/** Process wiring of db_proxy_server. */
import { runProcess } from "../../shared/process.ts";
import { loadDbProxyConfig } from "./config.ts";
import { startDbProxyServer } from "./server.ts";

await runProcess(
  { name: "db_proxy_server" },
  ({ source, deps, cores, onFatal }) =>
    startDbProxyServer(
      loadDbProxyConfig(source, { onNotice: (notice) => deps.log.warn(notice) }),
      { ...deps, cores, onFatal },
    ),
);
