import assert from "node:assert/strict";
import {
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  type ClientType,
} from "../../../proto/mod.ts";
import { type OnlineTerminal, PresenceTable } from "./presence_table.ts";

function terminal(userId: number, clientType: ClientType): OnlineTerminal {
  return { user_id: userId, client_type: clientType };
}

const ANN_PC = terminal(1, CLIENT_TYPE_WINDOWS);
const ANN_MAC = terminal(1, CLIENT_TYPE_MAC);
const ANN_PHONE = terminal(1, CLIENT_TYPE_ANDROID);

Deno.test("PresenceTable, knows a mobile-only user, but not as online", () => {
  const table = new PresenceTable<string>();
  table.add("m1", ANN_PHONE);
  assert.equal(table.has(1), true);
  assert.equal(table.hasPc(1), false);
  assert.equal(table.isOn("m1", 1), true);
  assert.equal(table.isOn("m2", 1), false);
});

Deno.test("PresenceTable, counts logins per link and type, and drops what reaches zero", () => {
  const table = new PresenceTable<string>();
  // The new login is reported before the logout of the one it replaces.
  table.add("m1", ANN_PC);
  table.add("m1", ANN_PC);
  table.add("m1", ANN_MAC);
  table.remove("m1", ANN_PC);
  table.remove("m1", ANN_MAC);
  assert.equal(table.hasPc(1), true);
  table.remove("m1", ANN_PC);
  assert.equal(table.has(1), false);
  assert.equal(table.isOn("m1", 1), false);
});

Deno.test("PresenceTable, ignores a logout, of a user, link or type that was never reported", () => {
  const table = new PresenceTable<string>();
  table.remove("m1", ANN_PC);
  table.add("m1", ANN_PC);
  table.remove("m2", ANN_PC);
  table.remove("m1", ANN_MAC);
  table.remove("m1", terminal(2, CLIENT_TYPE_WINDOWS));
  assert.equal(table.hasPc(1), true);
  assert.equal(table.has(2), false);
});

Deno.test("PresenceTable, keeps the terminal of another link, when a link is removed", () => {
  const table = new PresenceTable<string>();
  table.add("m1", ANN_PC);
  table.add("m2", ANN_PC);
  table.add("m2", ANN_PHONE);
  assert.deepEqual(table.removeOwner("m1"), []);
  assert.equal(table.hasPc(1), true);
  assert.equal(table.isOn("m1", 1), false);
  // What was left on m2 counts once: nothing of m1 is mixed into it (P-RT2).
  table.remove("m2", ANN_PC);
  assert.equal(table.hasPc(1), false);
  assert.equal(table.has(1), true);
});

Deno.test("PresenceTable, names the users without a PC, when a link is removed", () => {
  const table = new PresenceTable<string>();
  table.add("m1", ANN_PC);
  table.add("m2", ANN_PHONE);
  table.add("m1", terminal(2, CLIENT_TYPE_MAC));
  table.add("m1", terminal(3, CLIENT_TYPE_IOS));
  table.add("m1", terminal(4, CLIENT_TYPE_WINDOWS));
  table.remove("m1", terminal(4, CLIENT_TYPE_WINDOWS));
  assert.deepEqual(table.removeOwner("m1"), [1, 2]);
  assert.deepEqual([1, 2, 3, 4].map((userId) => table.has(userId)), [true, false, false, false]);
  assert.deepEqual(table.removeOwner("m1"), []);
});
