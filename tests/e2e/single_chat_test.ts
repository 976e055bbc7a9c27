import assert from "node:assert/strict";
import { matrix } from "../support/matrix.ts";

matrix("a text reaches a user on another msg_server", {}, async (cell) => {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const ack = await ann.sendText(bob.userId, "hello");
  const message = await bob.next("message");
  assert.equal(message.text, "hello");
  assert.equal(message.msg_id, ack.msg_id);
});
