/** The push pipeline between a db_proxy, a route_server and a push_server that the test plays. */
import assert from "node:assert/strict";
import {
  CID_BUDDY_LIST_USER_INFO_REQUEST,
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_OTHER_GET_DEVICE_TOKEN_REQ,
  CID_OTHER_GET_SHIELD_REQ,
  CLIENT_TYPE_IOS,
  IMGetDeviceTokenReq,
  IMGroupGetShieldReq,
  type IMMsgData,
  IMPushToUserReq,
  IMUsersInfoReq,
  IMUsersStatReq,
  MSG_TYPE_GROUP_TEXT,
  MSG_TYPE_SINGLE_TEXT,
} from "../../../proto/mod.ts";
import { ManualClock } from "../../../shared/clock.ts";
import { collectingLogger } from "../../../shared/log/mod.ts";
import { turns } from "../../../shared/netlib/test_support/recorder.ts";
import { bodyOf, commandIdOf } from "../../../shared/pdu/mod.ts";
import { DEFAULT_CLIENT_AES_KEY, encodeText } from "../../../shared/text_cipher.ts";
import { PushLookup } from "../push/push_lookup.ts";
import { PushPipeline } from "../push/push_pipeline.ts";
import type { OnlineUser } from "../state/user_table.ts";

/** A user id, as tests name a group, that no receiver has. */
export const GROUP = 70;
const TURNS_OF_A_STEP = 3;

export class PushStage {
  readonly clock = new ManualClock();
  readonly log = collectingLogger();
  /** Frames to db_proxy and route_server that were not taken yet. */
  readonly asked: Uint8Array[] = [];
  /** Frames to push_server. */
  readonly pushed: IMPushToUserReq[] = [];
  /** Connected here, by id. */
  readonly users = new Map<number, OnlineUser>();
  readonly links = { hasOpenLink: true, send: (frame: Uint8Array) => this.#push(frame) };
  hasDb = true;
  hasRoute = true;
  readonly lookup = new PushLookup({
    clock: this.clock,
    db: { send: (_group, frame) => this.hasDb && this.asked.push(frame) > 0 },
    routes: { send: (frame) => this.hasRoute && this.asked.push(frame) > 0 },
  });
  readonly pipeline = new PushPipeline({
    clock: this.clock,
    log: this.log,
    aesKey: DEFAULT_CLIENT_AES_KEY,
    users: this.users,
    lookup: this.lookup,
    links: this.links,
  });
  #lastMsgId = 0;

  /** A user with this nick is connected here. */
  connect(id: number, nick: string, hasPcOnline = false): void {
    this.users.set(id, { id, nick, conns: [], hasPcOnline });
  }

  message(changes: Partial<IMMsgData> & { readonly text?: string } = {}): IMMsgData {
    const { text = "hello", ...fields } = changes;
    return {
      from_user_id: 1,
      to_session_id: 2,
      msg_id: ++this.#lastMsgId,
      create_time: 9,
      msg_type: MSG_TYPE_SINGLE_TEXT,
      msg_data: encodeText(text, DEFAULT_CLIENT_AES_KEY),
      ...fields,
    };
  }

  /** A text from user 1 to another user. */
  say(text: string, toId = 2): void {
    const message = this.message({ text, to_session_id: toId });
    this.pipeline.add({ receivers: new Set([toId]), messages: [message] });
  }

  /** Texts in the group that were delivered together. */
  sayInGroup(texts: readonly string[], receivers: readonly number[], authorId = 1): void {
    const messages = texts.map((text) =>
      this.message({
        text,
        from_user_id: authorId,
        to_session_id: GROUP,
        msg_type: MSG_TYPE_GROUP_TEXT,
      })
    );
    this.pipeline.add({ receivers: new Set(receivers), messages });
  }

  /** Lets rounds go on as far as they can. */
  settle(): Promise<void> {
    return turns(TURNS_OF_A_STEP);
  }

  /** The next question, which has to be for shields; those of `shielding` have one. */
  async answerShields(shielding: readonly number[] = []): Promise<readonly number[]> {
    const { group_id, user_id, attach_data } = await this.#question(
      CID_OTHER_GET_SHIELD_REQ,
      IMGroupGetShieldReq,
    );
    const shield_status_list = user_id.map((user_id) => ({
      user_id,
      group_id,
      shield_status: shielding.includes(user_id) ? 1 : 0,
    }));
    this.lookup.shieldsArrived({ group_id, shield_status_list, ...attachOf(attach_data) });
    await this.settle();
    return user_id;
  }

  /** The next question, which has to be for tokens; `owners` have one. */
  async answerTokens(owners?: readonly number[]): Promise<readonly number[]> {
    const { user_id, attach_data } = await this.#question(
      CID_OTHER_GET_DEVICE_TOKEN_REQ,
      IMGetDeviceTokenReq,
    );
    const user_token_info = user_id.filter((id) => owners?.includes(id) ?? true).map((user_id) => ({
      user_id,
      user_type: CLIENT_TYPE_IOS,
      token: `token ${user_id}`,
      push_count: 3,
      push_type: 1,
    }));
    this.lookup.tokensArrived({ user_token_info, ...attachOf(attach_data) });
    await this.settle();
    return user_id;
  }

  /** The next question, which has to be for names. */
  async answerInfos(nicks: Readonly<Record<number, string>>): Promise<readonly number[]> {
    const { user_id, user_id_list, attach_data } = await this.#question(
      CID_BUDDY_LIST_USER_INFO_REQUEST,
      IMUsersInfoReq,
    );
    const user_info_list = user_id_list.flatMap((id) => {
      const user_nick_name = nicks[id];
      return user_nick_name === undefined ? [] : [{ ...NOBODY, user_id: id, user_nick_name }];
    });
    this.lookup.infosArrived({ user_id, user_info_list, ...attachOf(attach_data) });
    await this.settle();
    return user_id_list;
  }

  /** The next question, which has to be for PCs; `online` have one. */
  async answerStatuses(online: readonly number[]): Promise<readonly number[]> {
    const { user_id, user_id_list, attach_data } = await this.#question(
      CID_BUDDY_LIST_USERS_STATUS_REQUEST,
      IMUsersStatReq,
    );
    const user_stat_list = user_id_list.map((user_id) => ({
      user_id,
      status: online.includes(user_id) ? 1 : 2,
    } as const));
    this.lookup.statusesArrived({ user_id, user_stat_list, ...attachOf(attach_data) });
    await this.settle();
    return user_id_list;
  }

  /** What was pushed since the last time: `alert -> user(push_type) …`. */
  take(): string[] {
    return this.pushed.splice(0).map(({ flash, user_token_list }) => {
      const users = user_token_list.map(({ user_id, push_type }) => `${user_id}(${push_type})`);
      return `${flash} -> ${users.join(" ")}`;
    });
  }

  async #question<Message>(
    commandId: number,
    codec: { decode(body: Uint8Array): Message },
  ): Promise<Message> {
    await this.settle();
    const frame = this.asked.shift();
    assert.ok(frame, "nothing was asked");
    assert.equal(commandIdOf(frame).toString(16), commandId.toString(16));
    return codec.decode(bodyOf(frame));
  }

  #push(frame: Uint8Array): boolean {
    if (this.links.hasOpenLink) this.pushed.push(IMPushToUserReq.decode(bodyOf(frame)));
    return this.links.hasOpenLink;
  }
}

const NOBODY = {
  user_gender: 0,
  avatar_url: "",
  department_id: 0,
  email: "",
  user_real_name: "",
  user_tel: "",
  user_domain: "",
  status: 0,
};

function attachOf(attach_data: Uint8Array | undefined): { attach_data?: Uint8Array } {
  return attach_data === undefined ? {} : { attach_data };
}
