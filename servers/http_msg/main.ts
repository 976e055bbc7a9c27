/** Starts http_msg_server: `deno run -A servers/http_msg/main.ts --conf FILE`. */
import { runProcess } from "../../shared/process.ts";
import { loadHttpMsgConfig } from "./config.ts";
import { startHttpMsgServer } from "./server.ts";

await runProcess({ name: "http_msg_server" }, ({ source, deps }) =>
  startHttpMsgServer(
    loadHttpMsgConfig(source, { onNotice: (notice) => deps.log.warn(notice) }),
    deps,
  ));
