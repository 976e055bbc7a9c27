/** Process wiring of `deno task seed`: demo data, or the users and groups of a fixture file. */
import { systemClock } from "../../../shared/clock.ts";
import { ConfigError, denoSource } from "../../../shared/config/mod.ts";
import { systemRandom } from "../../../shared/random.ts";
import { StorageError } from "../../../shared/storage/types.ts";
import { withCauses } from "../../../shared/with_causes.ts";
import { runSeed } from "./run.ts";

try {
  await runSeed({
    source: denoSource(),
    clock: systemClock,
    random: systemRandom,
    // deno-lint-ignore no-console -- the output of a command
    print: (line) => console.log(line),
  });
} catch (error) {
  if (!(error instanceof ConfigError || error instanceof StorageError)) throw error;
  // deno-lint-ignore no-console -- the output of a command
  console.error(`seed: ${withCauses(error)}`);
  Deno.exit(1);
}
