/** Process wiring of `deno task migrate`: what this suite adds to a MySQL database. */
import { systemClock } from "../../../shared/clock.ts";
import { ConfigError, denoSource } from "../../../shared/config/mod.ts";
import { StorageError } from "../../../shared/storage/types.ts";
import { withCauses } from "../../../shared/with_causes.ts";
import { runMigrate } from "./run.ts";

try {
  await runMigrate({
    source: denoSource(),
    clock: systemClock,
    // deno-lint-ignore no-console -- the output of a command
    print: (line) => console.log(line),
  });
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StorageError)) throw error;
  // deno-lint-ignore no-console -- the output of a command
  console.error(`migrate: ${withCauses(error)}`);
  Deno.exit(1);
}
