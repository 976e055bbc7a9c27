import assert from "node:assert/strict";
import { makePlan } from "./make_plan.ts";
import { roleOf, topologyOf } from "./topology.ts";

const ROLES = topologyOf("roles", "mysql");
const ALL = { allowed: [], seconds: 6 } as const;

Deno.test("makePlan() gives the same plan for the same seed, and another for another", () => {
  assert.deepEqual(makePlan(ROLES, { ...ALL, seed: 5 }), makePlan(ROLES, { ...ALL, seed: 5 }));
  assert.notDeepEqual(makePlan(ROLES, { ...ALL, seed: 5 }), makePlan(ROLES, { ...ALL, seed: 6 }));
});

Deno.test("makePlan() hits every process, link, disk and clock in time", () => {
  const faults = Array.from({ length: 2000 }, (_, seed) => makePlan(ROLES, { ...ALL, seed }).faults)
    .flat();
  const hit = new Set(faults.map(({ target }) => target));
  const { processes, links, disks, clocks } = ROLES;
  for (const target of [...processes, ...links, ...disks, ...clocks]) {
    assert.ok(hit.has(target), target);
  }
  assert.ok(faults.every(({ atMs, forMs }) => atMs >= 500 && atMs <= 4500 && forMs >= 0));
});

Deno.test("makePlan() keeps to the faults that are allowed", () => {
  const allowed = ["kill:db", "cut"];
  for (let seed = 0; seed < 100; seed++) {
    for (const { kind, target } of makePlan(ROLES, { ...ALL, seed, allowed }).faults) {
      assert.ok(kind === "cut" || (kind === "kill" && roleOf(target) === "db"));
    }
  }
  assert.throws(() =>
    makePlan(topologyOf("suite", "sqlite"), { ...ALL, seed: 1, allowed: ["lose"] })
  );
});
