/** The mark U in the original's Redis key (docs/spec/storage.md 5.1). */
import { deepStrictEqual as deepEqual, strictEqual as equal } from "node:assert/strict";
import { ManualClock, nowSec } from "../../clock.ts";
import { T } from "../contract/fixtures.ts";
import { LastUserUpdate } from "./last_user_update.ts";
import { closeParts, openParts } from "./open_parts.ts";
import { silentLogger } from "../../log/mod.ts";
import { EngineSuite } from "./test_support/engine_suite.ts";
import { testConfig } from "./test_support/open_test_storage.ts";
import type { TestEngines } from "./test_support/test_engines.ts";

const suite = new EngineSuite();

interface Opened extends AsyncDisposable {
  readonly mark: LastUserUpdate;
  readonly clock: ManualClock;
}

async function openMark(engines: TestEngines): Promise<Opened> {
  const clock = new ManualClock(T * 1000);
  const parts = await openParts(testConfig(engines), { clock, log: silentLogger });
  const mark = new LastUserUpdate(parts);
  return { mark, clock, [Symbol.asyncDispose]: () => closeParts(parts) };
}

/** What is stored under the two names. */
function stored(engines: TestEngines): Promise<(string | null)[]> {
  return engines.withRedis(
    "unread",
    (redis) => redis.mget("total_user_update", "total_user_updated"),
  );
}

suite.test("LastUserUpdate starts with the present time and keeps it", async (engines) => {
  await using opened = await openMark(engines);
  equal(await opened.mark.get(), T);
  opened.clock.advance(60_000);
  equal(await opened.mark.get(), T);
  deepEqual(await stored(engines), [String(T), null]);
});

suite.test("LastUserUpdate reads the original's name first, then the misspelled one (P-SYN1)", async (engines) => {
  await using opened = await openMark(engines);
  await engines.withRedis("unread", (redis) => redis.set("total_user_updated", "1234"));
  equal(await opened.mark.get(), 1234);
  deepEqual(await stored(engines), [null, "1234"]);
  await opened.mark.raiseTo(1240);
  deepEqual(await stored(engines), ["1240", "1234"]);
  await engines.withRedis("unread", (redis) => redis.set("total_user_update", "77"));
  equal(await opened.mark.get(), 77);
});

suite.test("LastUserUpdate takes what is no number for missing", async (engines) => {
  await using opened = await openMark(engines);
  for (const junk of ["", "soon", "-5", "1e3"]) {
    await engines.withRedis("unread", (redis) => redis.set("total_user_update", junk));
    equal(await opened.mark.get(), T, junk);
  }
});

suite.test("LastUserUpdate moves forward only, whoever moves it at the same time", async (engines) => {
  await using one = await openMark(engines);
  await using other = await openMark(engines);
  const times = Array.from({ length: 200 }, (_, i) => T + (i * 37) % 200);
  await Promise.all(times.map((time, i) => (i % 2 === 0 ? one : other).mark.raiseTo(time)));
  deepEqual(await stored(engines), [String(T + 199), null]);
  await Promise.all(times.map((_, i) => (i % 2 === 0 ? one : other).mark.advanceTo(T)));
  equal(await other.mark.get(), T + 199 + times.length);
});

suite.test("LastUserUpdate holds the largest time there is", async (engines) => {
  await using opened = await openMark(engines);
  await opened.mark.raiseTo(4_294_967_295);
  await opened.mark.advanceTo(nowSec(opened.clock));
  deepEqual(await stored(engines), ["4294967296", null]);
});
