/** What may be remembered of rows that two servers can make at once (docs/spec/pitfalls.md P-MSG6). */
import assert from "node:assert/strict";
import { ManualClock, nowSec } from "../../clock.ts";
import { closeParts } from "./open_parts.ts";
import type { EngineParts } from "./parts.ts";
import { SETTLED_S, SettledRows } from "./settled_rows.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { openTestStorage } from "./test_support/open_test_storage.ts";

const suite = new EngineSuite();

suite.test("SettledRows, without the unique key a row has to be old; with it none", async (engines) => {
  const clock = new ManualClock();
  const pair = { table: "IMRelationShip", columns: ["smallId", "bigId"] };
  const before = async (): Promise<number> => {
    const build = (parts: EngineParts) => ({
      settled: new SettledRows(parts, pair),
      close: () => closeParts(parts),
    });
    await using opened = await openTestStorage({ engines, clock, build });
    return await opened.storage.settled.before();
  };
  // A unique key of other columns, such as the primary one, says nothing about the pair.
  await engines.sql("ALTER TABLE IMRelationShip ADD UNIQUE KEY other (smallId, bigId, id)");
  assert.equal(await before(), nowSec(clock) - SETTLED_S);
  await engines.migrate();
  assert.equal(await before(), Infinity);
});
