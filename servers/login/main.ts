/** Starts login_server: `deno run -A servers/login/main.ts --conf FILE`. */
import { loadConfig } from "../../shared/config/mod.ts";
import { runProcess } from "../../shared/process.ts";
import { loginSchema } from "./config.ts";
import { startLoginServer } from "./server.ts";

await runProcess({ name: "login_server" }, ({ source, deps }) => {
  const onNotice = (notice: string): void => deps.log.warn("setting without effect", { notice });
  return startLoginServer(loadConfig(loginSchema, source, { onNotice }), deps);
});
