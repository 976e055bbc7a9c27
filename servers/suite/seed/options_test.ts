import assert from "node:assert/strict";
import { ConfigError } from "../../../shared/config/mod.ts";
import { parseSeedOptions } from "./options.ts";

function parse(line: string): ReturnType<typeof parseSeedOptions> {
  return parseSeedOptions(line.split(" ").filter((word) => word !== ""));
}

Deno.test("parseSeedOptions() reads demo data, and everybody is a member unless it says how many", () => {
  assert.deepEqual(parse("--users 100 --groups 2 --members 20 --password secret --data /d"), {
    dataDir: "/d",
    what: { kind: "demo", users: 100, groups: 2, members: 20, password: "secret" },
  });
  assert.deepEqual(parse("--users 7 --groups=1 --conf other"), {
    dataDir: null,
    what: { kind: "demo", users: 7, groups: 1, members: 7, password: null },
  });
});

Deno.test("parseSeedOptions() reads a fixture's name", () => {
  assert.deepEqual(parse("--fixture a.json"), {
    dataDir: null,
    what: { kind: "fixture", file: "a.json" },
  });
});

const REFUSED: Readonly<Record<string, RegExp>> = {
  "": /^Nothing to seed\. Allowed: --users N /,
  "--groups 3": /^Nothing to seed\./,
  "--user 3": /^Unknown option '--user'\. Allowed: /,
  "--users": /argument missing\. Allowed: /,
  "100": /^Unexpected argument '100'.*\. Allowed: /,
  "--users -1": /Allowed: --users N/,
  "--users=-1": /^--users "-1" is not allowed; allowed: a whole number from 0 to 1000000$/,
  "--users 1e3": /^--users "1e3" is not allowed/,
  "--users 1000001": /^--users "1000001" is not allowed/,
  "--users 1 --groups 100001": /^--groups "100001" is not allowed/,
  "--users 1 --members x": /^--members "x" is not allowed/,
  "--users 0 --groups 1": /^--groups needs --users and --members$/,
  "--users 9 --groups 1 --members 0": /^--groups needs --users and --members$/,
  "--users 1000000 --groups 11": /^11 groups with 1000000 members are 11000000 memberships; /,
  "--users 1 --password=": /^--password is empty$/,
  "--users 1 --data=": /^--data has no value/,
  "--fixture a.json --users 1": /^--fixture says all about users and groups; leave out --users$/,
};

for (const [line, message] of Object.entries(REFUSED)) {
  Deno.test(`parseSeedOptions() refuses "${line}" with one line`, () => {
    assert.throws(() => parse(line), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /\n/);
      return true;
    });
  });
}
