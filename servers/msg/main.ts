/** Process wiring of msg_server. */
import { runProcess } from "../../shared/process.ts";
import { loadMsgConfig } from "./config.ts";
import { startMsgServer } from "./server.ts";

await runProcess({ name: "msg_server" }, ({ source, deps }) =>
  startMsgServer(
    loadMsgConfig(source, { onNotice: (notice) => deps.log.warn(notice) }),
    deps,
  ));
