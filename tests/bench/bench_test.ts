import assert from "node:assert/strict";
import { isSkipped } from "../../shared/test_support/engines.ts";
import { neededBy } from "../support/data_place.ts";

const MAIN = `${import.meta.dirname}/main.ts`;

/** Runs the benchmark for a moment, and returns what its line of JSON says. */
async function bench(...args: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", MAIN, ...args, "--seconds", "0.2", "--runs", "1"],
  }).output();
  const output = new TextDecoder().decode(stdout);
  assert.equal(code, 0, output + new TextDecoder().decode(stderr));
  const json = output.split("\n").find((line) => line.startsWith("{"));
  return JSON.parse(json ?? "null");
}

Deno.test("bench chat: nothing is lost, duplicated or reordered by a real suite", async () => {
  const { scenario, engine, layout, cases } = await bench("chat");
  assert.deepEqual([scenario, engine, layout], ["chat", "sqlite", "all-in-one"]);
  assert.deepEqual(cases.map(({ label }: { label: string }) => label), ["window 1", "window 8"]);
  for (const { messages_sent, lost, unacked, peak_mib_suite } of cases) {
    assert.ok(messages_sent.median > 0 && peak_mib_suite.median > 0);
    assert.deepEqual([lost.max, unacked.max], [0, 0]);
  }
});

Deno.test("bench --soak looks at the memory of every process, and loses nothing", async () => {
  const { cases: [one] } = await bench("--soak", "--rate", "100");
  assert.ok(one.messages_sent.median > 0 && one.logins.median > 0);
  assert.ok("growth_pct_suite" in one);
  assert.deepEqual([one.lost, one.unanswered, one.grown, one.gone].map(({ max }) => max), [
    0,
    0,
    0,
    0,
  ]);
});

Deno.test("bench mixed role by role on MySQL: every process has its part", async (t) => {
  if (await isSkipped(t, neededBy("mysql"))) return;
  const report = await bench("mixed", "--engine", "mysql", "--layout", "roles");
  assert.deepEqual([report.engine, report.layout], ["mysql", "roles"]);
  for (const one of report.cases) {
    assert.ok(one.messages_sent.median > 0);
    // How many fall into so short a window is up to the machine.
    assert.ok(one.acked_per_s.median >= 0 && "answer_p50_ms" in one);
    for (const name of ["login", "route", "db_proxy", "msg", "redis"]) {
      assert.ok(one[`cpu_us_${name}`] !== undefined, name);
      assert.ok(one[`peak_mib_${name}`].median > 0, name);
    }
  }
});

Deno.test("bench directory: every answer is what was asked for, on two connections besides", async () => {
  const { cases } = await bench("directory", "--connections", "2");
  assert.deepEqual(cases.map(({ wrong }: { wrong: { max: number } }) => wrong.max), [0, 0]);
});
