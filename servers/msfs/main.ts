/** Starts msfs: `deno run -A servers/msfs/main.ts --conf FILE`. */
import { loadConfig } from "../../shared/config/mod.ts";
import { runProcess } from "../../shared/process.ts";
import { msfsSchema } from "./config.ts";
import { startMsfsServer } from "./server.ts";

await runProcess({ name: "msfs" }, ({ source, deps }) => {
  const onNotice = (notice: string): void => deps.log.warn("setting without effect", { notice });
  return startMsfsServer(loadConfig(msfsSchema, source, { onNotice }), deps);
});
