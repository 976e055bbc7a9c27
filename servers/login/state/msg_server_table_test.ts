import assert from "node:assert/strict";
import type { IMMsgServInfo } from "../../../proto/mod.ts";
import { LOOKUP_COUNTS_MS, MAX_COUNTED_LOOKUPS, MsgServerTable } from "./msg_server_table.ts";

function server(name: string, counts: { online?: number; max?: number } = {}): IMMsgServInfo {
  return {
    ip1: name,
    ip2: name,
    port: 8000,
    max_conn_cnt: counts.max ?? 1000,
    cur_conn_cnt: counts.online ?? 0,
    host_name: name,
  };
}

/** Names of the servers that the next lookups at one time are sent to. */
function assignments(table: MsgServerTable, count: number, nowMs: number): string {
  return Array.from({ length: count }, () => {
    const assigned = table.assign(nowMs);
    return assigned.ok ? assigned.value.ip1 : assigned.refusal;
  }).join(" ");
}

Deno.test("MsgServerTable, refuses a lookup, when nobody is registered", () => {
  assert.equal(assignments(new MsgServerTable(), 1, 0), "none_registered");
});

Deno.test("MsgServerTable, chooses the lowest load, of equals the longest connected", () => {
  const table = new MsgServerTable();
  table.register(7, server("a", { online: 5 }));
  table.register(3, server("b", { online: 2 }));
  table.register(9, server("c", { online: 2 }));
  assert.equal(assignments(table, 1, 0), "b");
});

Deno.test("MsgServerTable, spreads a burst, before any login is reported", () => {
  const table = new MsgServerTable();
  table.register(1, server("a"));
  table.register(2, server("b", { online: 2 }));
  assert.equal(assignments(table, 6, 0), "a a a b a b");
});

Deno.test("MsgServerTable, forgets a lookup, ten seconds later", () => {
  const table = new MsgServerTable();
  table.register(1, server("a"));
  table.register(2, server("b", { online: 1 }));
  assert.equal(assignments(table, 2, 0), "a a");
  assert.equal(assignments(table, 1, LOOKUP_COUNTS_MS - 1), "b");
  // The first two have expired, the one for b has not.
  assert.equal(assignments(table, 3, LOOKUP_COUNTS_MS), "a a a");
});

Deno.test("MsgServerTable, counts logins and logouts, and never below zero", () => {
  const table = new MsgServerTable();
  table.register(1, server("a", { online: 1 }));
  table.register(2, server("b", { online: 1 }));
  table.count(1, "up");
  assert.equal(table.onlineCount, 3);
  for (let times = 0; times < 5; times++) table.count(1, "down");
  assert.equal(table.onlineCount, 1);
  table.count(1, "up");
  assert.equal(table.onlineCount, 2);
});

Deno.test("MsgServerTable, ignores a count, when the link has not registered", () => {
  const table = new MsgServerTable();
  table.count(1, "up");
  assert.equal(table.onlineCount, 0);
  assert.equal(assignments(table, 1, 0), "none_registered");
});

Deno.test("MsgServerTable, passes full servers over, and refuses when all are full", () => {
  const table = new MsgServerTable();
  table.register(1, server("a", { online: 3, max: 3 }));
  assert.equal(assignments(table, 1, 0), "all_full");
  table.register(2, server("b", { online: 7, max: 9 }));
  assert.equal(assignments(table, 2, 0), "b b");
  table.count(2, "up");
  table.count(2, "up");
  assert.equal(assignments(table, 1, 0), "all_full");
  table.count(1, "down");
  assert.equal(assignments(table, 1, 0), "a");
});

Deno.test("MsgServerTable, prefers room that no lookup has taken, but refuses none for it", () => {
  const table = new MsgServerTable();
  table.register(1, server("a", { online: 0, max: 1 }));
  table.register(2, server("b", { online: 5, max: 6 }));
  assert.equal(assignments(table, 4, 0), "a b a a");
});

Deno.test("MsgServerTable, replaces the entry, when a link registers again", () => {
  const table = new MsgServerTable();
  table.register(1, server("a", { online: 40 }));
  table.register(2, server("b", { online: 4 }));
  table.register(1, server("a2", { online: 3 }));
  assert.equal(table.onlineCount, 7);
  assert.equal(assignments(table, 1, 0), "a2");
});

Deno.test("MsgServerTable, removes a server with its count, when its link is gone", () => {
  const table = new MsgServerTable();
  table.register(1, server("a", { online: 40 }));
  table.register(2, server("b", { online: 50 }));
  assert.equal(assignments(table, 1, 0), "a");
  assert.equal(table.remove(1), true);
  assert.equal(table.remove(1), false);
  assert.equal(table.onlineCount, 50);
  assert.equal(assignments(table, 1, LOOKUP_COUNTS_MS), "b");
});

Deno.test("MsgServerTable, forgets the oldest lookup, above MAX_COUNTED_LOOKUPS", () => {
  const table = new MsgServerTable();
  table.register(1, server("a", { max: 10 * MAX_COUNTED_LOOKUPS }));
  for (let times = 0; times < MAX_COUNTED_LOOKUPS; times++) table.assign(0);
  table.register(2, server("b", { online: MAX_COUNTED_LOOKUPS, max: 10 * MAX_COUNTED_LOOKUPS }));
  // Every further lookup for a pushes out an older one: its load stays at the limit.
  assert.equal(assignments(table, 3, 0), "a a a");
});
