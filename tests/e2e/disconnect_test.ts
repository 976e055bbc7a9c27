/** Clients that are gone before they are answered (docs/spec/pitfalls.md P-LOG1, P-HDL, P-FRM4). */
import assert from "node:assert/strict";
import {
  CID_MSG_LIST_REQUEST,
  CID_MSG_LIST_RESPONSE,
  CLIENT_TYPE_ANDROID,
  IMGetMsgListReq,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
} from "../../proto/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { group, hears, say, single, textsOf } from "../support/chat.ts";
import { matrix, ONE } from "../support/matrix.ts";
import { isServed, rawLogin, sendLogin } from "../support/raw_login.ts";

matrix("a connection that goes before its login is answered never was online", {}, async (cell) => {
  await using cluster = await cell.start();
  await using watcher = await cluster.login("user5", { msgServer: cell.far });
  assert.equal((await watcher.next("status")).user_id, 5);
  for (let round = 0; round < 5; round++) {
    await using link = await cluster.connect();
    sendLogin(link, { user_name: "user1", client_type: 1 });
  }
  // The same user, coming back at once, is served.
  await using ann = await cluster.login("user1");
  await watcher.sendText(1, "here you are");
  await hears(ann, "here you are");
  await using _fence = await cluster.login("user4");
  const seen: number[] = [];
  while (seen.at(-1) !== 4) seen.push((await watcher.next("status")).user_id);
  // A round may have been answered before its connection was gone; but nobody stays behind.
  assert.equal((await watcher.usersStatus([1])).user_stat_list[0]!.status, 1);
  await ann.logout();
  assert.equal((await watcher.next("status", { where: (one) => one.user_id === 1 })).status, 2);
});

matrix("a message of somebody who is gone at once is stored and delivered", {}, async (cell) => {
  await using cluster = await cell.start();
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  const ann = await cluster.login("user1");
  const msg_data = encodeText("bye", ann.aesKey);
  say(ann, { from_user_id: 1, to_session_id: 2, msg_type: MSG_TYPE_SINGLE_TEXT, msg_data });
  say(ann, { from_user_id: 1, to_session_id: 1, msg_type: MSG_TYPE_GROUP_TEXT, msg_data });
  await ann.close();
  await hears(bob, "bye");
  await hears(bob, "bye");
  assert.deepEqual(await textsOf(bob, single(1)), ["bye"]);
  assert.deepEqual(await textsOf(bob, group(1)), ["bye"]);
});

matrix("an answer does not go to a later connection of the user", ONE, async (cell) => {
  await using cluster = await cell.start();
  const old = await cluster.login("user1");
  for (let i = 0; i < 20; i++) {
    old.notify(
      { id: CID_MSG_LIST_REQUEST, request: IMGetMsgListReq },
      { user_id: 1, ...single(2), msg_id_begin: 0, msg_cnt: 100 },
    );
  }
  await old.close();
  await using ann = await cluster.login("user1");
  let answers = 0;
  ann.onFrame((frame) => {
    if (commandIdOf(frame) === CID_MSG_LIST_RESPONSE) answers++;
  });
  await ann.messageList(single(2));
  await ann.messageList(single(2));
  assert.equal(answers, 2);
});

matrix("commands behind a logout are not run", ONE, async (cell) => {
  await using cluster = await cell.start();
  await using link = await cluster.connect();
  await rawLogin(link, { user_name: "user1", client_type: CLIENT_TYPE_ANDROID });
  await isServed(link);
  for (let i = 0; i < 3; i++) link.send(0x0105, new Uint8Array(0), { seqNum: 10 + i });
  assert.equal(commandIdOf(await link.next()), 0x0106);
  await link.ended();
  await assert.rejects(link.next(), /closed the link/, "one answer only");
});
