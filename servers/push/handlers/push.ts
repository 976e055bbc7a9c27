/** Pushes that a msg_server orders (docs/spec/flows.md 18, docs/spec/roles.md 10). */
import type { IMPushToUserReq, IMPushToUserRspInit, UserTokenInfo } from "../../../proto/mod.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import type { PushCaller } from "../context.ts";

/** Tokens of one request that are looked at; what is beyond is refused (docs/spec/pitfalls.md P-LIM6). */
export const MAX_TOKENS_PER_REQUEST = 5000;

/** Accepted: it says nothing about delivery. */
const RESULT_ACCEPTED = 0;
const RESULT_REFUSED = 1;
/** Any other number is an ordinary push. */
const PUSH_TYPE_SILENT = 2;

/**
 * CID_OTHER_PUSH_TO_USER_REQ, answered at once by CID_OTHER_PUSH_TO_USER_RSP with one result per
 * token, in order. Who is to be spared (night shield, group shield) has been left out by msg_server
 * and db_proxy; a silent push stays silent.
 */
export function pushToUser(
  { from }: Call<PushCaller>,
  { flash, data, user_token_list }: IMPushToUserReq,
): IMPushToUserRspInit {
  const isAccepted = (target: UserTokenInfo, index: number): boolean =>
    index < MAX_TOKENS_PER_REQUEST && from.desk.accept({
      userId: target.user_id,
      clientType: target.user_type,
      token: target.token,
      text: flash,
      custom: data,
      badge: target.push_count,
      kind: target.push_type === PUSH_TYPE_SILENT ? "silent" : "alert",
    });
  return {
    push_result_list: user_token_list.map((target, index) => ({
      user_token: target.token,
      result_code: isAccepted(target, index) ? RESULT_ACCEPTED : RESULT_REFUSED,
    })),
  };
}
