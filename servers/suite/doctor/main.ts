/** Process wiring of `deno task doctor`: exit code 1 when clients cannot work as it is. */
import { systemClock } from "../../../shared/clock.ts";
import { ConfigError, denoSource } from "../../../shared/config/mod.ts";
import { TcpNetwork } from "../../../shared/netlib/mod.ts";
import { runDoctor } from "./doctor.ts";
import { thisMachine } from "./machine.ts";

try {
  const failures = await runDoctor({
    source: denoSource(),
    network: new TcpNetwork(systemClock),
    fetch,
    clock: systemClock,
    machine: thisMachine(),
    // deno-lint-ignore no-console -- the output of a command
    print: (line) => console.log(line),
  });
  Deno.exit(failures === 0 ? 0 : 1);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  // deno-lint-ignore no-console -- the output of a command
  console.error(`doctor: ${error.message}`);
  Deno.exit(1);
}
