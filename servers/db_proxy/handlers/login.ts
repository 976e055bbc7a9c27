/** Password checks for msg_server (docs/spec/flows.md 2.2). */
import type { IMValidateReq, IMValidateRspInit } from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import { teamtalkPasswordHash } from "../../../shared/password.ts";
import { type Credentials, USER_STATUS_LEFT } from "../../../shared/storage/types.ts";
import type { TaskCall } from "../services.ts";
import { userInfo } from "./rows.ts";

/** Results of IMValidateRsp; msg_server turns every one but 0 into 6 for the client. */
const VALIDATE_OK = 0;
const VALIDATE_WRONG = 1;
const VALIDATE_INTERNAL = 2;
const VALIDATE_LOCKED_OUT = 6;
const WRONG_TEXT = "用户名/密码错误";

/** Width of IMUser.name: no longer name can exist, so none is looked up or remembered. */
const MAX_NAME_CHARS = 32;

/** CID_OTHER_VALIDATE_REQ: is this the password of this login name? */
export async function validateUser(
  call: TaskCall,
  request: IMValidateReq,
): Promise<IMValidateRspInit> {
  const { storage, loginFailures, clock } = call.from.services;
  const now = nowSec(clock);
  if (request.user_name.length > MAX_NAME_CHARS) {
    return refusal(request, VALIDATE_WRONG, WRONG_TEXT);
  }
  const credentials = await storage.users.credentials(request.user_name);
  // Only now, with no await until the failure is counted: guesses sent at once do not slip through.
  if (loginFailures.isLocked(request.user_name, now)) {
    return refusal(request, VALIDATE_LOCKED_OUT, "用户名/密码错误次数太多");
  }
  if (credentials === null || !mayLogIn(credentials, request.password)) {
    loginFailures.add(request.user_name, now);
    return refusal(request, VALIDATE_WRONG, WRONG_TEXT);
  }
  loginFailures.clear(request.user_name);
  return {
    user_name: request.user_name,
    result_code: VALIDATE_OK,
    result_string: "成功",
    // The status in a login answer is always 0 (docs/spec/pitfalls.md Q-LOGST).
    user_info: { ...userInfo(credentials.user), status: 0 },
    attach_data: request.attach_data ?? new Uint8Array(0),
  };
}

/** The answer when storage failed. */
export function validateFailed(request: IMValidateReq): IMValidateRspInit {
  return refusal(request, VALIDATE_INTERNAL, "服务端内部错误");
}

/** Everybody but those who left may log in (docs/spec/storage.md 2.1, pitfalls.md P-LOG2). */
function mayLogIn({ user, password, salt }: Credentials, received: string): boolean {
  return user.status !== USER_STATUS_LEFT && teamtalkPasswordHash(received, salt) === password;
}

function refusal(request: IMValidateReq, code: number, text: string): IMValidateRspInit {
  return {
    user_name: request.user_name,
    result_code: code,
    result_string: text,
    attach_data: request.attach_data ?? new Uint8Array(0),
  };
}
