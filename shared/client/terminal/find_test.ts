import assert from "node:assert/strict";
import { GROUP_TYPE_TMP, type GroupInfo, type UserInfo } from "../../../proto/mod.ts";
import { userInfo } from "../test_support/scripted_server.ts";
import { ChatState, USER_HAS_LEFT } from "./chat_state.ts";
import { findGroup, findSession, findUser } from "./find.ts";
import { CommandError } from "./problem.ts";

function user(id: number, login: string, nick: string, status = 0): UserInfo {
  return {
    ...userInfo(id, login),
    user_nick_name: nick,
    status,
    sign_info: "",
  } as UserInfo;
}

function state(): ChatState {
  const users = [
    user(1, "ann", "Ann Lee"),
    user(2, "bob", "Bob"),
    user(3, "bobby", "Robert"),
    user(4, "42", "Number"),
    user(5, "carl", "Bob"),
    user(7, "eve", "Number"),
    user(6, "gone", "Gone", USER_HAS_LEFT),
  ];
  const state = new ChatState(users[0]!);
  for (const one of users) state.users.set(one.user_id, one);
  for (const [group_id, group_name] of [[30, "team"], [31, "Tea party"]] as const) {
    const group: GroupInfo = {
      group_id,
      version: 1,
      group_name,
      group_avatar: "",
      group_creator_id: 1,
      group_type: GROUP_TYPE_TMP,
      shield_status: 0,
      group_member_list: [],
    };
    state.groups.set(group_id, group);
  }
  return state;
}

Deno.test("findUser() finds by login name, nick name, id and unambiguous beginning", () => {
  for (
    const [typed, id] of [["ANN", 1], ["bob", 2], ["ann lee", 1], ["rob", 3], ["3", 3], [
      "42",
      4,
    ]] as const
  ) {
    assert.equal(findUser(state(), typed).user_id, id, typed);
  }
});

Deno.test("findUser() tells who fits when several do, and leaves out those who left", () => {
  assert.throws(
    () => findUser(state(), "number"),
    new CommandError('Several fit "number": Number (4), Number (7)'),
  );
  assert.throws(() => findUser(state(), "gone"), new CommandError('There is no user "gone"'));
});

Deno.test("findGroup() and findSession() take a name with # for a group", () => {
  assert.equal(findGroup(state(), "#team").group_id, 30);
  assert.equal(findGroup(state(), "tea p").group_id, 31);
  assert.throws(() => findGroup(state(), "#te"), CommandError);
  assert.deepEqual(findSession(state(), "#30"), { session_type: 2, session_id: 30 });
  assert.deepEqual(findSession(state(), "carl"), { session_type: 1, session_id: 5 });
});
