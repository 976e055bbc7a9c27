/** Refusals of changes that users make about themselves; what others see of them is in tests/e2e. */
import assert from "node:assert/strict";
import * as proto from "../../../proto/mod.ts";
import { bodyOf, commandIdOf } from "../../../shared/pdu/mod.ts";
import { Tasks } from "../test_support/tasks.ts";

const ATTACH = Uint8Array.of(1, 2);
const UNKNOWN_USER = 99;

/** A change, as the user makes it. */
interface Change {
  readonly what: string;
  readonly id: number;
  readonly body: (user_id: number) => Uint8Array;
  readonly answerId: number;
  readonly answer: {
    decode(body: Uint8Array): { user_id: number; result_code: number; attach_data?: Uint8Array };
  };
}

const CHANGES: readonly Change[] = [
  {
    what: "signature",
    id: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST,
    body: (user_id) =>
      proto.IMChangeSignInfoReq.encode({ user_id, sign_info: "x", attach_data: ATTACH }),
    answerId: proto.CID_BUDDY_LIST_CHANGE_SIGN_INFO_RESPONSE,
    answer: proto.IMChangeSignInfoRsp,
  },
  {
    what: "avatar",
    id: proto.CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST,
    body: (user_id) =>
      proto.IMChangeAvatarReq.encode({ user_id, avatar_url: "x", attach_data: ATTACH }),
    answerId: proto.CID_BUDDY_LIST_CHANGE_AVATAR_RESPONSE,
    answer: proto.IMChangeAvatarRsp,
  },
  {
    what: "push shield",
    id: proto.CID_LOGIN_REQ_PUSH_SHIELD,
    body: (user_id) =>
      proto.IMPushShieldReq.encode({ user_id, shield_status: 1, attach_data: ATTACH }),
    answerId: proto.CID_LOGIN_RES_PUSH_SHIELD,
    answer: proto.IMPushShieldRsp,
  },
  {
    what: "query of the push shield",
    id: proto.CID_LOGIN_REQ_QUERY_PUSH_SHIELD,
    body: (user_id) => proto.IMQueryPushShieldReq.encode({ user_id, attach_data: ATTACH }),
    answerId: proto.CID_LOGIN_RES_QUERY_PUSH_SHIELD,
    answer: proto.IMQueryPushShieldRsp,
  },
  {
    what: "group shield",
    id: proto.CID_GROUP_SHIELD_GROUP_REQUEST,
    body: (user_id) =>
      proto.IMGroupShieldReq.encode({
        user_id,
        group_id: 2,
        shield_status: 1,
        attach_data: ATTACH,
      }),
    answerId: proto.CID_GROUP_SHIELD_GROUP_RESPONSE,
    answer: proto.IMGroupShieldRsp,
  },
];

async function resultOf(tasks: Tasks, change: Change, userId: number): Promise<number> {
  const frame = (await tasks.answerTo(change.id, change.body(userId)))!;
  assert.equal(commandIdOf(frame), change.answerId);
  const { user_id, result_code, attach_data } = change.answer.decode(bodyOf(frame));
  assert.equal(user_id, userId);
  assert.equal(attach_data?.toHex(), ATTACH.toHex());
  return result_code;
}

for (const change of CHANGES) {
  Deno.test(`${change.what}: result 0, for an unknown user and without storage 1`, async () => {
    await using tasks = await Tasks.open();
    assert.equal(await resultOf(tasks, change, 1), 0);
    assert.equal(await resultOf(tasks, change, UNKNOWN_USER), 1);
    await tasks.breakStorage();
    assert.equal(await resultOf(tasks, change, 1), 1);
  });
}
