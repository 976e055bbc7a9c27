import assert from "node:assert/strict";
import { type BenchOptions, parseBenchOptions, UsageError } from "./options.ts";
import { LONG_SCENARIOS, SCENARIOS } from "./scenarios/mod.ts";

function parse(...args: string[]): BenchOptions & { readonly names: readonly string[] } {
  const options = parseBenchOptions(args, { all: SCENARIOS, long: LONG_SCENARIOS });
  return { ...options, names: options.scenarios.map(({ name }) => name) };
}

Deno.test("parseBenchOptions() takes all scenarios unless some are named", () => {
  assert.deepEqual(parse().names, SCENARIOS.map(({ name }) => name));
  assert.deepEqual(parse("rate", "--runs", "1", "login").names, ["login", "rate"]);
});

Deno.test("parseBenchOptions() starts a suite of its own unless one is named", () => {
  const { seconds, runs, serverHttp } = parse("--seconds", "0.5");
  assert.deepEqual([seconds, runs, serverHttp], [0.5, 3, null]);
  const url = "http://127.0.0.1:8080";
  assert.equal(parse("--server-http", url).serverHttp, url);
});

Deno.test("parseBenchOptions() measures the embedded engine all-in-one unless told otherwise", () => {
  const { engine, layout, dataDir } = parse();
  assert.deepEqual([engine, layout, dataDir], ["sqlite", "all-in-one", null]);
  const other = parse("--engine", "mysql", "--layout", "roles", "--data", "x");
  assert.deepEqual([other.engine, other.layout, other.dataDir], ["mysql", "roles", "x"]);
});

Deno.test("parseBenchOptions() takes sizes, and the scenario's own where none is given", () => {
  const own = parse();
  assert.deepEqual([own.users, own.messages], [1, 0]);
  assert.deepEqual([own.sizes.connections, own.sizes.groupSize], [null, null]);
  const line = "--users 100000 --messages 10000000 --connections 15000 --group-size 5000";
  const large = parse(...line.split(" "));
  assert.deepEqual([large.users, large.messages], [100_000, 10_000_000]);
  assert.deepEqual([large.sizes.connections, large.sizes.groupSize], [15_000, 5000]);
});

Deno.test("parseBenchOptions() with --capacity or --soak runs that and nothing else", () => {
  assert.deepEqual(parse("--capacity").names, ["capacity"]);
  const soak = parse("--soak", "--rate", "500");
  assert.deepEqual([soak.names, soak.sizes.rate], [["soak"], 500]);
  assert.equal(parse("--soak", "--minutes", "20").seconds, 1200);
});

Deno.test("parseBenchOptions() refuses what it does not understand", () => {
  const lines = [
    "nothing",
    "--seconds 0",
    "--seconds x",
    "--minutes 0",
    "--runs 1e9",
    "--server-http x",
    "--engine oracle",
    "--layout cluster",
    "--fast",
    "--users 0",
    "--messages 1.5",
    "--connections -1",
    "chat --capacity",
    "--soak --capacity",
    "--soak --rate 0",
  ];
  for (const line of lines) assert.throws(() => parse(...line.split(" ")), UsageError, line);
});
