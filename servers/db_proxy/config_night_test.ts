/** The hours without pushes in `dbproxyserver.conf`. */
import assert from "node:assert/strict";
import { ConfigError, memorySource } from "../../shared/config/mod.ts";
import { loadDbProxyConfig } from "./config.ts";
import { DEFAULT_NIGHT } from "./state/night.ts";

function load(...lines: readonly string[]) {
  const text = ["Storage=sqlite", "aesKey=12345678901234567890123456789012", ...lines].join("\n");
  return loadDbProxyConfig(memorySource({ files: { "dbproxyserver.conf": text } }));
}

Deno.test("loadDbProxyConfig(), without keys of its own the night is the original's (P-PUSH8)", () => {
  assert.deepEqual(load().night, DEFAULT_NIGHT);
});

Deno.test("loadDbProxyConfig() takes hours and zone of the night", () => {
  const { night } = load("NightBeginHour=0", "NightEndHour=6", "TimeZone=Asia/Shanghai");
  assert.deepEqual(night, { beginHour: 0, endHour: 6, timeZone: "Asia/Shanghai" });
});

const WRONG: readonly (readonly [line: string, problem: RegExp])[] = [
  ["NightBeginHour=24", /NightBeginHour.*24.*from 0 to 23/],
  ["NightEndHour=x", /NightEndHour.*x/],
  ["TimeZone=Shanghai", /TimeZone "Shanghai" .*like Asia\/Shanghai/],
];

for (const [line, problem] of WRONG) {
  Deno.test(`loadDbProxyConfig() refuses ${line}, naming file and key`, () => {
    assert.throws(() => load(line), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, problem);
      assert.match(error.message, /dbproxyserver\.conf/);
      return true;
    });
  });
}
