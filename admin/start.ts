/** Starts the web admin by itself: `deno run -A admin/start.ts --conf FILE`. */
import { runProcess } from "../shared/process.ts";
import { loadAdminConfig } from "./config.ts";
import { startAdminServer } from "./server.ts";

await runProcess(
  { name: "admin" },
  ({ source, deps }) =>
    startAdminServer(
      loadAdminConfig(source, { onNotice: (notice) => deps.log.warn(notice) }),
      deps,
    ),
);
