/** Starts file_server: `deno run -A servers/file/main.ts --conf FILE`. */
import { loadConfig } from "../../shared/config/mod.ts";
import { runProcess } from "../../shared/process.ts";
import { fileSchema } from "./config.ts";
import { startFileServer } from "./server.ts";

await runProcess({ name: "file_server" }, ({ source, deps }) => {
  const onNotice = (notice: string): void => deps.log.warn("setting without effect", { notice });
  return startFileServer(loadConfig(fileSchema, source, { onNotice }), deps);
});
