/** Starts route_server: `deno run -A servers/route/main.ts --conf FILE`. */
import { loadConfig } from "../../shared/config/mod.ts";
import { runProcess } from "../../shared/process.ts";
import { routeSchema } from "./config.ts";
import { startRouteServer } from "./server.ts";

await runProcess({ name: "route_server" }, ({ source, deps }) => {
  const onNotice = (notice: string): void => deps.log.warn("setting without effect", { notice });
  return startRouteServer(loadConfig(routeSchema, source, { onNotice }), deps);
});
