/** Starts push_server: `deno run -A servers/push/main.ts --conf FILE`. */
import { runProcess } from "../../shared/process.ts";
import { loadPushConfig } from "./config.ts";
import { startPushServer } from "./server.ts";

await runProcess({ name: "push_server" }, ({ source, deps }) => {
  const onNotice = (notice: string): void => deps.log.warn("setting without effect", { notice });
  return startPushServer(loadPushConfig(source, { onNotice }), deps);
});
