/** What is answered when storage fails: writes with result 1, reads not at all. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { bodyOf, commandIdOf } from "../../../shared/pdu/mod.ts";
import { Tasks } from "../test_support/tasks.ts";

const ATTACH = Uint8Array.of(1, 2);
const SESSION = {
  user_id: 1,
  session_type: proto.SESSION_TYPE_SINGLE,
  session_id: 2,
  attach_data: ATTACH,
} as const;

Deno.test("storage fails: a session is not removed, result 1", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  const request = proto.IMRemoveSessionReq.encode(SESSION);
  const frame = (await tasks.answerTo(proto.CID_BUDDY_LIST_REMOVE_SESSION_REQ, request))!;
  assert.equal(commandIdOf(frame), proto.CID_BUDDY_LIST_REMOVE_SESSION_RES);
  const { attach_data, ...answer } = proto.IMRemoveSessionRsp.decode(bodyOf(frame));
  assert.deepEqual(answer, { user_id: 1, result_code: 1, session_type: 1, session_id: 2 });
  assert.equal(attach_data?.toHex(), ATTACH.toHex());
});

Deno.test("storage fails: a group is not made, result 1 with name and members", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  const request = proto.IMGroupCreateReq.encode({
    user_id: 1,
    group_type: proto.GROUP_TYPE_TMP,
    group_name: "g",
    group_avatar: "",
    member_id_list: [2, 1],
    attach_data: ATTACH,
  });
  const frame = (await tasks.answerTo(proto.CID_GROUP_CREATE_REQUEST, request))!;
  assert.equal(commandIdOf(frame), proto.CID_GROUP_CREATE_RESPONSE);
  const answer = proto.IMGroupCreateRsp.decode(bodyOf(frame));
  assert.deepEqual([answer.result_code, answer.group_name, answer.user_id_list], [1, "g", [1, 2]]);
  assert.equal(answer.attach_data?.toHex(), ATTACH.toHex());
});

Deno.test("storage fails: members are not changed, result 1 with empty lists", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  const request = proto.IMGroupChangeMemberReq.encode({
    user_id: 1,
    change_type: proto.GROUP_MODIFY_TYPE_DEL,
    group_id: 1,
    member_id_list: [2],
    attach_data: ATTACH,
  });
  const frame = (await tasks.answerTo(proto.CID_GROUP_CHANGE_MEMBER_REQUEST, request))!;
  assert.equal(commandIdOf(frame), proto.CID_GROUP_CHANGE_MEMBER_RESPONSE);
  const answer = proto.IMGroupChangeMemberRsp.decode(bodyOf(frame));
  assert.deepEqual(
    [answer.result_code, answer.cur_user_id_list, answer.chg_user_id_list],
    [1, [], []],
  );
  assert.equal(answer.attach_data?.toHex(), ATTACH.toHex());
});

const READS: readonly (readonly [id: number, body: Uint8Array])[] = [
  [
    proto.CID_BUDDY_LIST_ALL_USER_REQUEST,
    proto.IMAllUserReq.encode({ user_id: 1, latest_update_time: 0 }),
  ],
  [
    proto.CID_BUDDY_LIST_DEPARTMENT_REQUEST,
    proto.IMDepartmentReq.encode({ user_id: 1, latest_update_time: 0 }),
  ],
  [
    proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
    proto.IMUsersInfoReq.encode({ user_id: 1, user_id_list: [1] }),
  ],
  [
    proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
    proto.IMRecentContactSessionReq.encode({ user_id: 1, latest_update_time: 0 }),
  ],
  [proto.CID_MSG_UNREAD_CNT_REQUEST, proto.IMUnreadMsgCntReq.encode({ user_id: 1 })],
  [proto.CID_MSG_READ_ACK, proto.IMMsgDataReadAck.encode({ ...SESSION, msg_id: 1 })],
  [
    proto.CID_MSG_LIST_REQUEST,
    proto.IMGetMsgListReq.encode({ ...SESSION, msg_id_begin: 0, msg_cnt: 9 }),
  ],
  [proto.CID_GROUP_NORMAL_LIST_REQUEST, proto.IMNormalGroupListReq.encode({ user_id: 1 })],
];

Deno.test("storage fails: reads are not answered, one error line each", async () => {
  await using tasks = await Tasks.open();
  await tasks.breakStorage();
  for (const [id, body] of READS) assert.equal(await tasks.answerTo(id, body), null);
  const errors = tasks.log.records.filter(({ level }) => level === "error");
  assert.deepEqual(new Set(errors.map(({ message }) => message)), new Set(["command failed"]));
  assert.equal(errors.length, READS.length);
});
