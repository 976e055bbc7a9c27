/** Group messages and changes of members between msg_server and its neighbours (flows.md 9, 16). */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { decodeAttach, seqNumOf } from "../../shared/pdu/mod.ts";
import { MsgFixture } from "../support/msg_fixture.ts";
import { isServed } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";
import type { Received } from "../support/scripted_server.ts";

const { CID_GROUP_INFO_REQUEST, CID_GROUP_INFO_RESPONSE, CID_MSG_DATA, IMMsgData } = proto;
const GROUP = 70;

async function say(msg: MsgFixture, client: ScriptedLink, msg_id: number): Promise<void> {
  const body = IMMsgData.encode({
    from_user_id: 1,
    to_session_id: GROUP,
    msg_id: 0,
    create_time: 1,
    msg_type: proto.MSG_TYPE_GROUP_TEXT,
    msg_data: Uint8Array.of(65),
  });
  client.send(CID_MSG_DATA, body, { seqNum: msg_id });
  const request = await msg.db.expect(CID_MSG_DATA, IMMsgData);
  request.answer(CID_MSG_DATA, IMMsgData.encode({ ...request.message, msg_id }));
  const ack = await client.expect(proto.CID_MSG_DATA_ACK, proto.IMMsgDataAck);
  assert.deepEqual({ ...ack }, {
    user_id: 1,
    session_id: GROUP,
    msg_id,
    session_type: proto.SESSION_TYPE_GROUP,
  });
}

const membersQuery = (msg: MsgFixture): Promise<Received<proto.IMGroupInfoListReq>> =>
  msg.db.expect(CID_GROUP_INFO_REQUEST, proto.IMGroupInfoListReq);

function answerMembers(query: Received<proto.IMGroupInfoListReq>, members: number[] | null): void {
  const { user_id, attach_data } = query.message;
  const group: proto.GroupInfoInit = {
    group_id: GROUP,
    version: 1,
    group_name: "g",
    group_avatar: "",
    group_creator_id: 1,
    group_type: proto.GROUP_TYPE_TMP,
    shield_status: 0,
    group_member_list: members ?? [],
  };
  const group_info_list = members === null ? [] : [group];
  const answer = proto.IMGroupInfoListRsp.encode({ user_id, group_info_list, attach_data });
  query.answer(CID_GROUP_INFO_RESPONSE, answer);
}

Deno.test("msg_server, asks for the members of a group and delivers to them, but the sender", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using annsPc = await msg.logIn(1, proto.CLIENT_TYPE_WINDOWS);
  await using bob = await msg.logIn(2);
  await using eve = await msg.logIn(3);
  await say(msg, ann, 5);
  const query = await membersQuery(msg);
  assert.equal(query.message.user_id, 1, "in the author's name");
  assert.deepEqual(
    query.message.group_version_list.map((one) => ({ ...one })),
    [{ group_id: GROUP, version: 0 }],
  );
  assert.equal(decodeAttach(query.message.attach_data!)?.type, 3);
  answerMembers(query, [1, 2, 99]);
  for (const client of [annsPc, bob]) {
    const frame = await client.next();
    const message = IMMsgData.decode(frame.subarray(16));
    assert.deepEqual([seqNumOf(frame), message.msg_id, message.attach_data], [0, 5, undefined]);
  }
  await isServed(ann);
  await isServed(eve);
});

for (const members of [null, [2, 3]]) {
  const what = members === null ? "db_proxy names no group" : "the author is not in its list";
  Deno.test(`msg_server, delivers a group message to nobody when ${what}`, async () => {
    await using msg = await MsgFixture.start();
    await using ann = await msg.logIn(1);
    await using bob = await msg.logIn(2);
    await say(msg, ann, 5);
    answerMembers(await membersQuery(msg), members);
    await say(msg, ann, 6);
    answerMembers(await membersQuery(msg), [1, 2]);
    assert.equal((await bob.expect(CID_MSG_DATA, IMMsgData)).msg_id, 6);
  });
}

Deno.test("msg_server, asks again for the members when db_proxy was away, and keeps the order", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  await say(msg, ann, 5);
  await membersQuery(msg);
  await say(msg, ann, 6);
  await msg.loseDb();
  await msg.reconnectDb();
  // Each of the two links that open has the query sent again; then comes the one for the second.
  for (let query = 0; query < 3; query++) answerMembers(await membersQuery(msg), [1, 2]);
  const ids = [5, 6];
  for (const id of ids) assert.equal((await bob.expect(CID_MSG_DATA, IMMsgData)).msg_id, id);
  await isServed(bob);
});

Deno.test("msg_server, a group message of another msg_server reaches all terminals here", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using bob = await msg.logIn(2);
  const message = { from_user_id: 1, to_session_id: GROUP, msg_id: 5, create_time: 1 } as const;
  const body = IMMsgData.encode({
    ...message,
    msg_type: proto.MSG_TYPE_GROUP_TEXT,
    msg_data: Uint8Array.of(65),
  });
  msg.route.send(CID_MSG_DATA, body);
  const query = await membersQuery(msg);
  assert.equal(decodeAttach(query.message.attach_data!)?.handle, 0);
  answerMembers(query, [1, 2]);
  for (const client of [ann, bob]) {
    assert.equal((await client.expect(CID_MSG_DATA, IMMsgData)).msg_id, 5);
  }
});

Deno.test("msg_server, tells everybody whom a change of members concerns, once (P-GRP8)", async () => {
  await using msg = await MsgFixture.start();
  await using ann = await msg.logIn(1);
  await using annsPc = await msg.logIn(1, proto.CLIENT_TYPE_WINDOWS);
  await using bob = await msg.logIn(2);
  await using eve = await msg.logIn(3);
  const change = { user_id: 4711, change_type: 1, group_id: GROUP, member_id_list: [2] } as const;
  ann.send(proto.CID_GROUP_CHANGE_MEMBER_REQUEST, proto.IMGroupChangeMemberReq.encode(change), {
    seqNum: 4,
  });
  const request = await msg.db.expect(
    proto.CID_GROUP_CHANGE_MEMBER_REQUEST,
    proto.IMGroupChangeMemberReq,
  );
  assert.equal(request.message.user_id, 1);
  const lists = { cur_user_id_list: [1, 2], chg_user_id_list: [2] };
  const result = { user_id: 1, change_type: 1, result_code: 0, group_id: GROUP, ...lists } as const;
  const { attach_data } = request.message;
  request.answer(
    proto.CID_GROUP_CHANGE_MEMBER_RESPONSE,
    proto.IMGroupChangeMemberRsp.encode({ ...result, attach_data }),
  );
  const answer = await ann.next();
  assert.equal(seqNumOf(answer), 4);
  const { attach_data: leaked, ...decoded } = proto.IMGroupChangeMemberRsp.decode(
    answer.subarray(16),
  );
  assert.deepEqual([decoded, leaked], [result, undefined]);
  const notify = { user_id: 1, change_type: 1, group_id: GROUP, ...lists } as const;
  for (const client of [annsPc, bob]) {
    const told = await client.expect(
      proto.CID_GROUP_CHANGE_MEMBER_NOTIFY,
      proto.IMGroupChangeMemberNotify,
    );
    assert.deepEqual({ ...told }, notify);
    await isServed(client);
  }
  await isServed(eve);
  const relayed = await msg.route.expect(
    proto.CID_GROUP_CHANGE_MEMBER_NOTIFY,
    proto.IMGroupChangeMemberNotify,
  );
  assert.deepEqual({ ...relayed.message }, notify);
  // From another msg_server: the same, with nobody left out.
  msg.route.send(
    proto.CID_GROUP_CHANGE_MEMBER_NOTIFY,
    proto.IMGroupChangeMemberNotify.encode(notify),
  );
  for (const client of [ann, annsPc, bob]) {
    await client.expect(
      proto.CID_GROUP_CHANGE_MEMBER_NOTIFY,
      proto.IMGroupChangeMemberNotify,
    );
  }
  await isServed(eve);
});
