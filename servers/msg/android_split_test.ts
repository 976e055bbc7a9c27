import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_ALL_USER_RESPONSE,
  CID_GROUP_INFO_RESPONSE,
  CID_MSG_LIST_RESPONSE,
  GROUP_TYPE_NORMAL,
  IMAllUserRsp,
  IMGetMsgListRsp,
  IMGroupInfoListRsp,
  MSG_TYPE_SINGLE_TEXT,
  SESSION_TYPE_SINGLE,
  type UserInfo,
} from "../../proto/mod.ts";
import { HEADER_SIZE } from "../../shared/pdu/mod.ts";
import { ANDROID_MAX_FRAME_BYTES, splitForAndroid } from "./android_split.ts";

const USERS_SINCE = 1000;
const NOW = 2000;

function user(id: number): UserInfo {
  return {
    user_id: id,
    user_gender: 1,
    user_nick_name: `nick${id}`,
    avatar_url: "a".repeat(60),
    department_id: 1,
    email: `user${id}@example.com`,
    user_real_name: `user${id}`,
    user_tel: "13800000000",
    user_domain: `user${id}`,
    status: 0,
    sign_info: "",
  };
}

function assertSmall(parts: readonly Uint8Array[]): void {
  for (const part of parts) assert.ok(part.length + HEADER_SIZE <= ANDROID_MAX_FRAME_BYTES);
}

Deno.test("splitForAndroid, an answer that fits stays as it is", () => {
  const body = IMAllUserRsp.encode({ user_id: 1, latest_update_time: NOW, user_list: [user(1)] });
  assert.deepEqual(splitForAndroid(CID_BUDDY_LIST_ALL_USER_RESPONSE, body, USERS_SINCE), [body]);
});

Deno.test("splitForAndroid, all users in parts: every one once, the new time last (P-LIM3)", () => {
  const users = Array.from({ length: 10_000 }, (_, i) => user(i + 1));
  const body = IMAllUserRsp.encode({ user_id: 1, latest_update_time: NOW, user_list: users });
  const parts = splitForAndroid(CID_BUDDY_LIST_ALL_USER_RESPONSE, body, USERS_SINCE);
  assert.ok(parts.length > 1);
  assertSmall(parts);
  const decoded = parts.map((part) => IMAllUserRsp.decode(part));
  assert.deepEqual(
    decoded.flatMap((part) => part.user_list.map((info) => info.user_id)),
    users.map((info) => info.user_id),
  );
  const times = decoded.map((part) => part.latest_update_time);
  assert.deepEqual(times.slice(0, -1), Array(parts.length - 1).fill(USERS_SINCE));
  assert.equal(times.at(-1), NOW);
});

Deno.test("splitForAndroid, groups in parts, each group once (P-LIM3)", () => {
  const members = Array.from({ length: 5000 }, (_, i) => i + 100_000);
  const groups = Array.from({ length: 60 }, (_, i) => ({
    group_id: i + 1,
    version: 1,
    group_name: "g",
    group_avatar: "",
    group_creator_id: 1,
    group_type: GROUP_TYPE_NORMAL,
    shield_status: 0,
    group_member_list: members,
  }));
  const body = IMGroupInfoListRsp.encode({ user_id: 1, group_info_list: groups });
  const parts = splitForAndroid(CID_GROUP_INFO_RESPONSE, body, 0);
  assertSmall(parts);
  const ids = parts.flatMap((part) =>
    IMGroupInfoListRsp.decode(part).group_info_list.map((group) => group.group_id)
  );
  assert.deepEqual(ids, groups.map((group) => group.group_id));
});

Deno.test("splitForAndroid, history keeps its newest rows in one part (P-LIM3)", () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({
    msg_id: 100 - i,
    from_session_id: 1,
    create_time: NOW,
    msg_type: MSG_TYPE_SINGLE_TEXT,
    msg_data: new Uint8Array(8000),
  }));
  const body = IMGetMsgListRsp.encode({
    user_id: 1,
    session_type: SESSION_TYPE_SINGLE,
    session_id: 2,
    msg_id_begin: 0,
    msg_list: rows,
  });
  const parts = splitForAndroid(CID_MSG_LIST_RESPONSE, body, 0);
  assert.equal(parts.length, 1);
  assertSmall(parts);
  const ids = IMGetMsgListRsp.decode(parts[0]!).msg_list.map((row) => row.msg_id);
  assert.ok(ids.length > 10);
  assert.deepEqual(ids, rows.slice(0, ids.length).map((row) => row.msg_id));
});
