import assert from "node:assert/strict";
import { optional } from "./field.ts";
import { loadConfig } from "./load.ts";
import { pools } from "./pools.ts";
import { defineConfig } from "./schema.ts";
import { secret } from "./secrets.ts";
import { memorySource } from "./source.ts";
import { host, integer, port } from "./values.ts";

const schema = defineConfig("a.conf", {
  DBInstances: pools({
    needs: ["teamtalk_master", "teamtalk_slave"],
    members: {
      host: host(),
      port: port({ default: 3306 }),
      password: secret(),
      maxconncnt: integer({ min: 1, max: 99, default: 16 }),
    },
  }),
});

const VALID = [
  "DBInstances=teamtalk_master, teamtalk_slave,extra",
  "teamtalk_master_host=m",
  "teamtalk_master_port=1",
  "teamtalk_master_password=p",
  "teamtalk_slave_host=s",
  "teamtalk_slave_passwordFile=slave.txt",
  "extra_host=e",
  "extra_password=q",
].join("\n");

function load(text: string, env: Record<string, string> = {}) {
  const files = { "a.conf": text, "slave.txt": "s" };
  return loadConfig(schema, memorySource({ files, env })).DBInstances;
}

Deno.test("pools() reads the members of each named pool, with defaults and secret files", () => {
  const found = load(VALID);
  const needed: number = found.teamtalk_master.port;
  const other: number | undefined = found["extra"]?.port;
  assert.deepEqual([needed, other, found["none"]], [1, 3306, undefined]);
  assert.deepEqual(Object.keys(found), ["teamtalk_master", "teamtalk_slave", "extra"]);
  assert.equal(found.teamtalk_slave.password.reveal(), "s");
});

Deno.test("pools() lets the environment override a member", () => {
  const env = {
    TEAMTALK_A_TEAMTALK_MASTER_HOST: "other",
    TEAMTALK_A_TEAMTALK_MASTER_PASSWORD: "changed",
  };
  const { teamtalk_master } = load(VALID, env);
  assert.equal(teamtalk_master.host, "other");
  assert.equal(teamtalk_master.password.reveal(), "changed");
});

Deno.test("pools() reports only the list when it lacks a needed name or has a bad one", () => {
  const allowed = "names separated by commas, among them teamtalk_master, teamtalk_slave";
  const first = VALID.split("\n")[0]!;
  for (const names of ["teamtalk_master", "teamtalk_master,teamtalk_slave,a-b"]) {
    assert.throws(() => load(VALID.replace(first, `DBInstances=${names}`)), {
      message: `a.conf:1: DBInstances="${names}" is not allowed; allowed: ${allowed}`,
    });
  }
  assert.throws(() => load(VALID.replace(first, "")), {
    message: `a.conf: DBInstances is missing or empty; allowed: ${allowed}`,
  });
});

Deno.test("pools() reports missing members and members of a pool that is not in the list", () => {
  const text = VALID.replace("extra_host", "extre_host");
  assert.throws(() => load(text), {
    message: "a.conf: extra_host is missing or empty; allowed: an IP address or a host name\n" +
      'a.conf:7: "extre_host" is unknown; did you mean extra_host?',
  });
});

Deno.test("pools() gives null with optional() when the list is absent", () => {
  const without = defineConfig("a.conf", { Pools: optional(schema.fields.DBInstances) });
  assert.equal(loadConfig(without, memorySource({})).Pools, null);
});
