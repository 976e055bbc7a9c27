/** Commands from client to client that the servers do not read (docs/spec/flows.md 20). */
import assert from "node:assert/strict";
import { CID_SWITCH_P2P_CMD, CLIENT_TYPE_IOS, IMP2PCmdMsg } from "../../proto/mod.ts";
import type { Client } from "../../shared/client/mod.ts";
import { matrix } from "../support/matrix.ts";

/** The next command at a terminal is this one, so nothing else came before it. */
async function gets(client: Client, from: number, data: string): Promise<void> {
  const { from_user_id, cmd_msg_data } = await client.next("p2p");
  assert.deepEqual([from_user_id, cmd_msg_data], [from, data]);
}

matrix("a command reaches the target's and the sender's other terminals", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using annsPhone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_IOS,
  });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using bobsPhone = await cluster.login("user2", { clientType: CLIENT_TYPE_IOS });
  await using eve = await cluster.login("user3", { msgServer: cell.far });
  const data = '{"cmd":"typing","文":1}';
  ann.p2pCommand(2, data);
  assert.deepEqual({ ...await bob.next("p2p") }, {
    from_user_id: 1,
    to_user_id: 2,
    cmd_msg_data: data,
  });
  await gets(bobsPhone, 1, data);
  await gets(annsPhone, 1, data);
  bob.p2pCommand(1, "to ann");
  await gets(ann, 2, "to ann");
  await gets(annsPhone, 2, "to ann");
  await gets(bobsPhone, 2, "to ann");
  bob.p2pCommand(3, "to eve");
  await gets(eve, 2, "to eve");
});

matrix("a command bears the name of who sent it (P-AUTH3)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  await using eve = await cluster.login("user3", { msgServer: cell.far });
  ann.notify({ id: CID_SWITCH_P2P_CMD, request: IMP2PCmdMsg }, {
    from_user_id: 3,
    to_user_id: 2,
    cmd_msg_data: "from eve, I swear",
  });
  await gets(bob, 1, "from eve, I swear");
  ann.p2pCommand(3, "a real one");
  await gets(eve, 1, "a real one");
});

matrix("a command to oneself reaches the other terminals once", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using phone = await cluster.login("user1", {
    msgServer: cell.far,
    clientType: CLIENT_TYPE_IOS,
  });
  ann.p2pCommand(1, "first");
  ann.p2pCommand(1, "second");
  await gets(phone, 1, "first");
  await gets(phone, 1, "second");
  phone.p2pCommand(1, "back");
  await gets(ann, 1, "back");
});

matrix("a command is not kept for who is offline or unknown", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using eve = await cluster.login("user3", { msgServer: cell.far });
  ann.p2pCommand(2, "too early");
  ann.p2pCommand(999, "to nobody");
  // Down the same path: once it is there, the others have been handled.
  ann.p2pCommand(3, "fence");
  await gets(eve, 1, "fence");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  ann.p2pCommand(2, "in time");
  await gets(bob, 1, "in time");
});
