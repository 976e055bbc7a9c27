import assert from "node:assert/strict";
import { CLIENT_TYPE_ANDROID, CLIENT_TYPE_WINDOWS, type ClientType } from "../../../proto/mod.ts";
import { ClientConn } from "./client_conn.ts";
import { UserTable } from "./user_table.ts";

/** A connection as far as the table looks at it: client type and user. */
function connection(clientType: ClientType): ClientConn {
  return Object.assign(Object.create(ClientConn.prototype), { clientType, user: null });
}

function enter(table: UserTable, conn: ClientConn, id: number): void {
  conn.user = table.add(conn, { id, nick: `nick${id}` });
}

Deno.test("UserTable, terminals of a user are found until the last one goes", () => {
  const table = new UserTable();
  const pc = connection(CLIENT_TYPE_WINDOWS);
  const phone = connection(CLIENT_TYPE_ANDROID);
  enter(table, pc, 7);
  enter(table, phone, 7);
  assert.deepEqual(table.connsOf(7), [pc, phone]);
  table.remove(pc);
  assert.deepEqual(table.connsOf(7), [phone]);
  table.remove(phone);
  assert.equal(table.get(7), undefined);
  assert.deepEqual(table.connsOf(7), []);
});

Deno.test("UserTable, counts connections and lists PC terminals only", () => {
  const table = new UserTable();
  const pc = connection(CLIENT_TYPE_WINDOWS);
  const phone = connection(CLIENT_TYPE_ANDROID);
  enter(table, pc, 1);
  enter(table, phone, 2);
  assert.equal(table.connCount, 2);
  assert.deepEqual([...table.pcConns], [pc]);
  assert.deepEqual([...table.allConns()], [pc, phone]);
});

Deno.test("UserTable, removing a connection twice or one that never entered changes nothing", () => {
  const table = new UserTable();
  const pc = connection(CLIENT_TYPE_WINDOWS);
  enter(table, pc, 1);
  table.remove(pc);
  table.remove(pc);
  table.remove(connection(CLIENT_TYPE_ANDROID));
  assert.equal(table.connCount, 0);
});
