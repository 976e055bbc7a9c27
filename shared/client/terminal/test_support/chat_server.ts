/** A scripted server with two users, a group and a little history; a chat of "ann" on it. */
import * as proto from "../../../../proto/mod.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../../../text_cipher.ts";
import type { Client, ConnectOptions } from "../../mod.ts";
import { type ScriptedServer, userInfo } from "../../test_support/scripted_server.ts";
import { setUp } from "../../test_support/setup.ts";
import { runChat } from "../chat.ts";
import { PLAIN } from "../style.ts";
import { FakeConsole } from "./fake_console.ts";

export const ANN = 7;
export const BOB = 8;
export const TEAM = 30;

export function encoded(text: string): Uint8Array {
  return encodeText(text, DEFAULT_CLIENT_AES_KEY);
}

export interface ChatTest extends AsyncDisposable {
  readonly server: ScriptedServer;
  readonly client: Client;
  readonly console: FakeConsole;
  readonly exitCode: Promise<0 | 1>;
  advance(ms: number): void;
  /** Has a message delivered to ann. */
  deliver(message: Partial<proto.IMMsgDataInit> & { readonly text: string }): void;
}

export async function startChat(
  options: { readonly isInteractive?: boolean } & Partial<ConnectOptions> = {},
): Promise<ChatTest> {
  const { isInteractive = true, ...connect } = options;
  const test = await setUp();
  answerAll(test.server);
  const client = await test.login(connect);
  const console = new FakeConsole({ isInteractive });
  const exitCode = runChat({ client, console, style: PLAIN, clock: test.clock });
  await console.printed("Logged in as");
  return {
    server: test.server,
    client,
    console,
    exitCode,
    advance: (ms) => test.clock.advance(ms),
    deliver({ text, ...more }) {
      test.server.push(proto.CID_MSG_DATA, proto.IMMsgData, {
        from_user_id: BOB,
        to_session_id: ANN,
        msg_id: 9,
        create_time: 1_800_000_000,
        msg_type: proto.MSG_TYPE_SINGLE_TEXT,
        msg_data: encoded(text),
        ...more,
      });
    },
    async [Symbol.asyncDispose]() {
      console.enter("/quit");
      await exitCode;
      await test[Symbol.asyncDispose]();
    },
  };
}

/** Has the server answer everything that a chat asks for. */
export function answerAll(server: ScriptedServer): void {
  answerLists(server);
  answerMessages(server);
}

function answerLists(server: ScriptedServer): void {
  server.answer(
    proto.CID_BUDDY_LIST_ALL_USER_REQUEST,
    (call) =>
      call.reply(proto.CID_BUDDY_LIST_ALL_USER_RESPONSE, proto.IMAllUserRsp, {
        user_id: ANN,
        latest_update_time: 1,
        user_list: [userInfo(ANN, "ann"), userInfo(BOB, "bob")],
      }),
  );
  server.answer(
    proto.CID_BUDDY_LIST_USERS_STATUS_REQUEST,
    (call) =>
      call.reply(proto.CID_BUDDY_LIST_USERS_STATUS_RESPONSE, proto.IMUsersStatRsp, {
        user_id: ANN,
        user_stat_list: [{ user_id: ANN, status: proto.USER_STATUS_ONLINE }],
      }),
  );
  server.answer(
    proto.CID_BUDDY_LIST_USER_INFO_REQUEST,
    (call) =>
      call.reply(proto.CID_BUDDY_LIST_USER_INFO_RESPONSE, proto.IMUsersInfoRsp, {
        user_id: ANN,
        user_info_list: call.decode(proto.IMUsersInfoReq).user_id_list
          .map((id) => userInfo(id, `stranger${id}`)),
      }),
  );
  server.answer(
    proto.CID_GROUP_NORMAL_LIST_REQUEST,
    (call) =>
      call.reply(proto.CID_GROUP_NORMAL_LIST_RESPONSE, proto.IMNormalGroupListRsp, {
        user_id: ANN,
        group_version_list: [{ group_id: TEAM, version: 1 }],
      }),
  );
  server.answer(
    proto.CID_GROUP_INFO_REQUEST,
    (call) =>
      call.reply(proto.CID_GROUP_INFO_RESPONSE, proto.IMGroupInfoListRsp, {
        user_id: ANN,
        group_info_list: call.decode(proto.IMGroupInfoListReq).group_version_list
          .map(({ group_id }) => groupInfo(group_id)),
      }),
  );
}

function groupInfo(group_id: number): proto.GroupInfoInit {
  return {
    group_id,
    version: 1,
    group_name: group_id === TEAM ? "the team" : `group${group_id}`,
    group_avatar: "",
    group_creator_id: ANN,
    group_type: proto.GROUP_TYPE_TMP,
    shield_status: 0,
    group_member_list: [ANN, BOB],
  };
}

function answerMessages(server: ScriptedServer): void {
  const latest = {
    session_id: BOB,
    session_type: proto.SESSION_TYPE_SINGLE,
    latest_msg_id: 3,
    latest_msg_data: encoded("see you\nlater"),
    latest_msg_type: proto.MSG_TYPE_SINGLE_TEXT,
    latest_msg_from_user_id: BOB,
  } as const;
  server.answer(proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_REQUEST, (call) =>
    call.reply(
      proto.CID_BUDDY_LIST_RECENT_CONTACT_SESSION_RESPONSE,
      proto.IMRecentContactSessionRsp,
      {
        user_id: ANN,
        contact_session_list: [{ ...latest, session_status: 0, updated_time: 1_700_000_000 }],
      },
    ));
  server.answer(
    proto.CID_MSG_UNREAD_CNT_REQUEST,
    (call) =>
      call.reply(proto.CID_MSG_UNREAD_CNT_RESPONSE, proto.IMUnreadMsgCntRsp, {
        user_id: ANN,
        total_cnt: 2,
        unreadinfo_list: [{ ...latest, unread_cnt: 2 }],
      }),
  );
  server.answer(proto.CID_MSG_LIST_REQUEST, (call) => {
    const { session_id, session_type } = call.decode(proto.IMGetMsgListReq);
    const message = (msg_id: number, from_session_id: number, text: string) => ({
      msg_id,
      from_session_id,
      create_time: 1_700_000_000 + msg_id,
      msg_type: proto.MSG_TYPE_SINGLE_TEXT,
      msg_data: encoded(text),
    });
    call.reply(proto.CID_MSG_LIST_RESPONSE, proto.IMGetMsgListRsp, {
      user_id: ANN,
      session_id,
      session_type,
      msg_id_begin: 0,
      msg_list: [message(3, BOB, "see you\nlater"), message(2, ANN, "bye")],
    });
  });
}
