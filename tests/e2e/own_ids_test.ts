/**
 * Every command that a logged-in client may send, sent with somebody else's ids: the sender's own id
 * is put in, or nothing is given away and nothing changes (P-AUTH1, P-AUTH3, P-AUTH4, P-AUTH5). Eve
 * is user4, who talks with nobody and is in no group; ann is user1, bob is user2.
 */
import assert from "node:assert/strict";
import * as proto from "../../proto/mod.ts";
import { clientCommands } from "../../servers/msg/commands.ts";
import { bodyOf, commandIdOf, scanFields, seqNumOf, uint32Value } from "../../shared/pdu/mod.ts";
import { encodeText } from "../../shared/text_cipher.ts";
import { group, hears, single, textsOf, unreadOf } from "../support/chat.ts";
import { type Cell, matrix, ONE } from "../support/matrix.ts";
import { rawLogin } from "../support/raw_login.ts";
import type { ScriptedLink } from "../support/scripted_link.ts";

const ANN = 1;
const BOB = 2;
const EVE = 4;
const GROUP = 1;
const TASK = "11111111-2222-4333-8444-555555555555";
const text = encodeText("I am ann", "12345678901234567890123456789012");
const of = { user_id: ANN };
const toBob = { session_type: proto.SESSION_TYPE_SINGLE, session_id: BOB };
const toGroup = { session_type: proto.SESSION_TYPE_GROUP, session_id: GROUP };
const message = { from_user_id: ANN, msg_id: 0, create_time: 0, msg_data: text };

interface Attempt {
  readonly id: number;
  readonly body: Uint8Array;
  /** The answer; "own": its user is eve. Absent: there is none. */
  readonly answer?: "own" | ((body: Uint8Array) => void);
}

/** An answer that has to be this, with eve as its user. */
function answers<M extends { user_id: number }>(
  codec: { decode(body: Uint8Array): M },
  check: (answer: M) => void,
): (body: Uint8Array) => void {
  return (body) => {
    const answer = codec.decode(body);
    assert.equal(answer.user_id, EVE);
    check(answer);
  };
}

const ATTEMPTS: readonly Attempt[] = [
  { id: proto.CID_LOGIN_REQ_USERLOGIN, body: new Uint8Array(0) },
  {
    id: proto.CID_LOGIN_REQ_DEVICETOKEN,
    body: proto.IMDeviceTokenReq.encode({ ...of, device_token: "android:eve" }),
    answer: "own",
  },
  {
    id: proto.CID_LOGIN_REQ_KICKPCCLIENT,
    body: proto.IMKickPCClientReq.encode(of),
    answer: "own",
  },
  {
    id: proto.CID_LOGIN_REQ_PUSH_SHIELD,
    body: proto.IMPushShieldReq.encode({ ...of, shield_status: 1 }),
    answer: "own",
  },
  {
    id: proto.CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
    body: proto.IMQueryPushShieldReq.encode(of),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST,
    body: proto.IMRecentContactSessionReq.encode({ ...of, latest_update_time: 0 }),
    answer: answers(
      proto.IMRecentContactSessionRsp,
      (found) => assert.deepEqual(found.contact_session_list, []),
    ),
  },
  {
    id: proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
    body: proto.IMUsersInfoReq.encode({ ...of, user_id_list: [ANN] }),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_REMOVE_SESSION_REQ,
    body: proto.IMRemoveSessionReq.encode({ ...of, ...toBob }),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_ALL_USER_REQUEST,
    body: proto.IMAllUserReq.encode({ ...of, latest_update_time: 0 }),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    body: proto.IMUsersStatReq.encode({ ...of, user_id_list: [ANN] }),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
    body: proto.IMChangeAvatarReq.encode({ ...of, avatar_url: "http://eve" }),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_DEPARTMENT_REQUEST,
    body: proto.IMDepartmentReq.encode({ ...of, latest_update_time: 0 }),
    answer: "own",
  },
  {
    id: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
    body: proto.IMChangeSignInfoReq.encode({ ...of, sign_info: "eve was here" }),
    answer: "own",
  },
  // A group that eve is not in: no ack, nothing stored.
  {
    id: proto.CID_MSG_DATA,
    body: proto.IMMsgData.encode({
      ...message,
      to_session_id: GROUP,
      msg_type: proto.MSG_TYPE_GROUP_TEXT,
    }),
  },
  { id: proto.CID_MSG_DATA_ACK, body: proto.IMMsgDataAck.encode({ ...of, ...toBob, msg_id: 1 }) },
  {
    id: proto.CID_MSG_READ_ACK,
    body: proto.IMMsgDataReadAck.encode({ user_id: BOB, ...single(ANN), msg_id: 1 }),
  },
  {
    id: proto.CID_MSG_TIME_REQUEST,
    body: new Uint8Array(0),
    answer: (body) => assert.ok(proto.IMClientTimeRsp.decode(body).server_time > 0),
  },
  {
    id: proto.CID_MSG_UNREAD_CNT_REQUEST,
    body: proto.IMUnreadMsgCntReq.encode({ user_id: BOB }),
    answer: answers(proto.IMUnreadMsgCntRsp, (found) => assert.equal(found.total_cnt, 0)),
  },
  ...[toBob, toGroup].flatMap((session): Attempt[] => [
    {
      id: proto.CID_MSG_LIST_REQUEST,
      body: proto.IMGetMsgListReq.encode({ ...of, ...session, msg_id_begin: 0, msg_cnt: 10 }),
      answer: answers(proto.IMGetMsgListRsp, (found) => assert.deepEqual(found.msg_list, [])),
    },
    {
      id: proto.CID_MSG_GET_LATEST_MSG_ID_REQ,
      body: proto.IMGetLatestMsgIdReq.encode({ ...of, ...session }),
      answer: answers(proto.IMGetLatestMsgIdRsp, (found) => assert.equal(found.latest_msg_id, 0)),
    },
    {
      id: proto.CID_MSG_GET_BY_MSG_ID_REQ,
      body: proto.IMGetMsgByIdReq.encode({ ...of, ...session, msg_id_list: [1, 2] }),
      answer: answers(proto.IMGetMsgByIdRsp, (found) => assert.deepEqual(found.msg_list, [])),
    },
  ]),
  {
    id: proto.CID_GROUP_NORMAL_LIST_REQUEST,
    body: proto.IMNormalGroupListReq.encode(of),
    answer: answers(
      proto.IMNormalGroupListRsp,
      (found) => assert.deepEqual(found.group_version_list, []),
    ),
  },
  {
    id: proto.CID_GROUP_INFO_REQUEST,
    body: proto.IMGroupInfoListReq.encode({
      ...of,
      group_version_list: [{ group_id: 1, version: 0 }, { group_id: 2, version: 0 }],
    }),
    answer: answers(
      proto.IMGroupInfoListRsp,
      (found) => assert.deepEqual(found.group_info_list, []),
    ),
  },
  {
    id: proto.CID_GROUP_CREATE_REQUEST,
    body: proto.IMGroupCreateReq.encode({
      ...of,
      group_type: proto.GROUP_TYPE_NORMAL,
      group_name: "eve's",
      group_avatar: "",
      member_id_list: [EVE],
    }),
    answer: answers(proto.IMGroupCreateRsp, (found) => assert.equal(found.result_code, 1)),
  },
  // 0 is what http_msg_server acts as.
  ...[0, ANN].flatMap((user_id) =>
    [1, 2].flatMap((group_id) =>
      [proto.GROUP_MODIFY_TYPE_ADD, proto.GROUP_MODIFY_TYPE_DEL].map((change_type): Attempt => ({
        id: proto.CID_GROUP_CHANGE_MEMBER_REQUEST,
        body: proto.IMGroupChangeMemberReq.encode({
          user_id,
          change_type,
          group_id,
          member_id_list: [change_type === proto.GROUP_MODIFY_TYPE_ADD ? EVE : BOB],
        }),
        answer: answers(
          proto.IMGroupChangeMemberRsp,
          (found) => assert.equal(found.result_code, 1),
        ),
      }))
    )
  ),
  {
    id: proto.CID_GROUP_SHIELD_GROUP_REQUEST,
    body: proto.IMGroupShieldReq.encode({ ...of, group_id: GROUP, shield_status: 1 }),
    answer: "own",
  },
  {
    id: proto.CID_FILE_REQUEST,
    body: proto.IMFileReq.encode({
      from_user_id: ANN,
      to_user_id: BOB,
      file_name: "a.txt",
      file_size: 3,
      trans_mode: proto.FILE_TYPE_OFFLINE,
    }),
    answer: (body) => assert.equal(proto.IMFileRsp.decode(body).from_user_id, EVE),
  },
  {
    id: proto.CID_FILE_HAS_OFFLINE_REQ,
    body: proto.IMFileHasOfflineReq.encode({ user_id: BOB }),
    answer: answers(
      proto.IMFileHasOfflineRsp,
      (found) => assert.deepEqual(found.offline_file_list, []),
    ),
  },
  {
    id: proto.CID_FILE_ADD_OFFLINE_REQ,
    body: proto.IMFileAddOfflineReq.encode({
      from_user_id: ANN,
      to_user_id: BOB,
      task_id: TASK.replaceAll("1", "2"),
      file_name: "b.txt",
      file_size: 3,
    }),
  },
  {
    id: proto.CID_FILE_DEL_OFFLINE_REQ,
    body: proto.IMFileDelOfflineReq.encode({ from_user_id: ANN, to_user_id: BOB, task_id: TASK }),
  },
  {
    id: proto.CID_SWITCH_P2P_CMD,
    body: proto.IMP2PCmdMsg.encode({ from_user_id: ANN, to_user_id: BOB, cmd_msg_data: "ring" }),
  },
  {
    id: proto.CID_OTHER_HEARTBEAT,
    body: new Uint8Array(0),
    answer: (body) => assert.equal(body.length, 0),
  },
  // The last: behind it nobody is logged in.
  { id: proto.CID_LOGIN_REQ_LOGINOUT, body: new Uint8Array(0), answer: () => {} },
];

Deno.test("own ids: there is an attempt for every command of clients", () => {
  const tried = new Set(ATTEMPTS.map(({ id }) => id));
  assert.deepEqual(clientCommands.filter(({ id }) => !tried.has(id)).map(({ id }) => id), []);
});

/** Field 1 of an answer is its user. */
function userOf(body: Uint8Array): number {
  let userId = 0;
  scanFields(body, (field) => {
    if (field.number === 1 && field.wireType === 0) userId = uint32Value(body, field);
  });
  return userId;
}

const SEQ_NUM = 7;

/** The next frame that is no notice; a notice is about eve, whose avatar and signature are her own. */
async function nextAnswer(eve: ScriptedLink): Promise<Uint8Array> {
  for (;;) {
    const frame = await eve.next({ heartbeats: "keep" });
    if (seqNumOf(frame) !== 0) return frame;
    assert.equal(userOf(bodyOf(frame)), EVE, `notice 0x${commandIdOf(frame).toString(16)}`);
  }
}

async function attempt(eve: ScriptedLink, { id, body, answer }: Attempt): Promise<void> {
  const what = proto.COMMANDS.get(id)!.name;
  eve.send(id, body, { seqNum: SEQ_NUM });
  if (answer === undefined) {
    eve.send(proto.CID_MSG_TIME_REQUEST, new Uint8Array(0), { seqNum: SEQ_NUM + 1 });
    assert.equal(seqNumOf(await nextAnswer(eve)), SEQ_NUM + 1, `${what} has no answer`);
    return;
  }
  const frame = await nextAnswer(eve);
  const expected = clientCommands.find((command) => command.id === id)!.answer;
  assert.equal(commandIdOf(frame), expected, what);
  if (answer === "own") assert.equal(userOf(bodyOf(frame)), EVE, what);
  else answer(bodyOf(frame));
}

async function play(cell: Cell): Promise<void> {
  await using cluster = await cell.start();
  await using ann = await cluster.login("user1");
  await using bob = await cluster.login("user2");
  await ann.sendText(BOB, "for bob only");
  await ann.groupText(GROUP, "for members only");
  await hears(bob, "for bob only");
  await hears(bob, "for members only");
  ann.addOfflineFile({ to_user_id: BOB, task_id: TASK, file_name: "a.txt", file_size: 3 });
  assert.equal(await unreadOf(bob, single(ANN)), 1);

  await using eve = await cluster.connect();
  assert.equal((await rawLogin(eve, { user_name: "user4" })).result_code, 0);
  for (const one of ATTEMPTS) await attempt(eve, one);

  assert.deepEqual([ann.isOnline, bob.isOnline], [true, true], "nobody was kicked");
  assert.equal(await unreadOf(bob, single(ANN)), 1, "nothing was marked as read");
  assert.deepEqual(await textsOf(bob, single(ANN)), ["for bob only"]);
  assert.deepEqual(await textsOf(bob, group(GROUP)), ["for members only"]);
  const groups = await ann.groupInfo([{ group_id: 1, version: 0 }, { group_id: 2, version: 0 }]);
  for (const { group_member_list, shield_status } of groups.group_info_list) {
    assert.deepEqual([group_member_list, shield_status], [[1, 2, 3], 0]);
  }
  const { user_info_list: [info] } = await bob.usersInfo([ANN]);
  assert.deepEqual([info!.avatar_url, info!.sign_info ?? ""], ["", ""]);
  const waiting = (await bob.offlineFiles()).offline_file_list;
  assert.deepEqual(
    waiting.map(({ from_user_id, task_id }) => [from_user_id, task_id === TASK]).sort(),
    [[ANN, true], [EVE, false]],
    "a file of eve's is in her name, and ann's is still there",
  );
  const { contact_session_list } = await ann.recentSessions();
  assert.ok(contact_session_list.some(({ session_id }) => session_id === BOB));
}

matrix("own ids: nobody acts or reads in the name of somebody else", ONE, play);
