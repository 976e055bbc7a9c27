/** Tests of what is added to a database begin with one that has nothing added. */
import { isSkipped } from "../../../test_support/engines.ts";
import { NEEDED_ENGINES } from "./engine_suite.ts";
import { TestEngines } from "./test_engines.ts";

/** A test with engines of its own, whose database is as the original's script makes it: empty. */
export function originalEnginesTest(
  name: string,
  run: (engines: TestEngines) => Promise<void>,
): void {
  Deno.test(name, async (t) => {
    if (await isSkipped(t, NEEDED_ENGINES)) return;
    await using engines = await TestEngines.start("original");
    await run(engines);
  });
}
