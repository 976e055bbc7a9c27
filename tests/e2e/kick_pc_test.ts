/** A phone ends the session at the user's PC (docs/spec/flows.md 6). */
import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_KICKPCCLIENT,
  CID_LOGIN_RES_KICKPCCLIENT,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  IMKickPCClientReq,
  KICK_REASON_MOBILE_KICK,
  USER_STATUS_OFFLINE,
} from "../../proto/mod.ts";
import { commandIdOf } from "../../shared/pdu/mod.ts";
import { hears } from "../support/chat.ts";
import { matrix } from "../support/matrix.ts";

const DONE = { user_id: 1, result_code: 0 };

for (const clientType of [CLIENT_TYPE_WINDOWS, CLIENT_TYPE_MAC] as const) {
  matrix(
    `a phone kicks the PC of type ${clientType}, wherever it is connected`,
    {},
    async (cell) => {
      await using cluster = await cell.start();
      await using eve = await cluster.login("user3", { msgServer: cell.far });
      await using pc = await cluster.login("user1", { clientType });
      await using phone = await cluster.login("user1", {
        msgServer: cell.far,
        clientType: CLIENT_TYPE_IOS,
      });
      assert.deepEqual({ ...await phone.kickPc() }, DONE);
      assert.deepEqual({ ...await pc.next("kicked") }, {
        user_id: 1,
        kick_reason: KICK_REASON_MOBILE_KICK,
      });
      assert.equal(await pc.closed, "kicked");
      await eve.next("status", {
        where: ({ user_id, status }) => user_id === 1 && status === USER_STATUS_OFFLINE,
      });
      await phone.next("pcStatus", {
        where: ({ login_stat }) => login_stat === USER_STATUS_OFFLINE,
      });
      await eve.sendText(1, "who is left?");
      await hears(phone, "who is left?");
      assert.deepEqual(phone.drain("kicked"), []);
    },
  );
}

matrix("a kick without a PC is a success and touches nobody (Q-KICK0)", {}, async (cell) => {
  await using cluster = await cell.start();
  await using phone = await cluster.login("user1", { clientType: CLIENT_TYPE_ANDROID });
  await using bob = await cluster.login("user2", { msgServer: cell.far });
  assert.deepEqual({ ...await phone.kickPc() }, DONE);
  await bob.sendText(1, "are you there?");
  await hears(phone, "are you there?");
  await phone.sendText(2, "and you?");
  await hears(bob, "and you?");
  assert.deepEqual([...phone.drain("kicked"), ...bob.drain("kicked")], []);
});

matrix("a PC that asks for it is ignored", {}, async (cell) => {
  await using cluster = await cell.start();
  await using pc = await cluster.login("user1");
  const answers: number[] = [];
  pc.onFrame((frame) => {
    if (commandIdOf(frame) === CID_LOGIN_RES_KICKPCCLIENT) answers.push(commandIdOf(frame));
  });
  pc.notify({ id: CID_LOGIN_REQ_KICKPCCLIENT, request: IMKickPCClientReq }, { user_id: 1 });
  await pc.serverTime();
  assert.deepEqual(answers, []);
  assert.deepEqual(pc.drain("kicked"), []);
  assert.equal(pc.isOnline, true);
});
