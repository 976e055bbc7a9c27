/** The app as Fresh's tools expect it, for `dev.ts`. By itself it serves nothing: see `start.ts`. */
import { systemClock } from "../shared/clock.ts";
import { denoSource } from "../shared/config/mod.ts";
import { processLogger } from "../shared/process.ts";
import { createAdminApp } from "./app.ts";
import { loadAdminConfig } from "./config.ts";

const log = processLogger("admin");

export const app = createAdminApp(
  loadAdminConfig(denoSource(), { onNotice: (notice) => log.warn(notice) }),
  { clock: systemClock, log },
);
