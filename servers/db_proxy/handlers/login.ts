/** Password checks for msg_server (docs/spec/flows.md 2.2). */
import {
  CID_OTHER_VALIDATE_RSP,
  IMValidateReq,
  IMValidateRsp,
  type IMValidateRspInit,
  ProtocolError,
} from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import { bodyOf, buildFrame, seqNumOf } from "../../../shared/pdu/mod.ts";
import { type Credentials, USER_STATUS_LEFT } from "../../../shared/storage/types.ts";
import type { PasswordVerdict } from "../passwords/user_passwords.ts";
import type { DbServices, TaskCall } from "../services.ts";
import { userInfo } from "./rows.ts";

/** Results of IMValidateRsp; msg_server turns every one but 0 into 6 for the client. */
const VALIDATE_OK = 0;
const VALIDATE_WRONG = 1;
const VALIDATE_INTERNAL = 2;
const VALIDATE_LOCKED_OUT = 6;
const WRONG_TEXT = "用户名/密码错误";
const LOCKED_OUT_TEXT = "用户名/密码错误次数太多";
const BUSY_TEXT = "负载过高";

/** Width of IMUser.name: no longer name can exist, so none is looked up or remembered. */
const MAX_NAME_CHARS = 32;
/** No address is longer, an IPv6 one with a zone among them. */
const MAX_ADDRESS_CHARS = 64;

/** CID_OTHER_VALIDATE_REQ: is this the password of this login name? */
export async function validateUser(
  call: TaskCall,
  request: IMValidateReq,
): Promise<IMValidateRspInit> {
  const { services } = call.from;
  const { storage, logins, passwords, clock } = services;
  const { user_name: name, client_address: address = "" } = request;
  if (name.length > MAX_NAME_CHARS || address.length > MAX_ADDRESS_CHARS) {
    return refusal(request, VALIDATE_WRONG, WRONG_TEXT);
  }
  const credentials = await storage.users.credentials(name);
  // Where nothing has to be waited for nothing is: answers then keep the order of their questions.
  const beginning = logins.begin({ name, address }, nowSec(clock));
  const attempt = beginning instanceof Promise ? await beginning : beginning;
  if (attempt === null) return refusal(request, VALIDATE_LOCKED_OUT, LOCKED_OUT_TEXT);
  const checking = checkPassword(services, credentials, request.password);
  const verdict = checking instanceof Promise ? await checking : checking;
  if (verdict === "busy") {
    await attempt.takeBack();
    return refusal(request, VALIDATE_INTERNAL, BUSY_TEXT);
  }
  if (verdict === "wrong" || credentials === null) {
    const counting = attempt.failed();
    const counted = counting instanceof Promise ? await counting : counting;
    return counted === "locked"
      ? refusal(request, VALIDATE_LOCKED_OUT, LOCKED_OUT_TEXT)
      : refusal(request, VALIDATE_WRONG, WRONG_TEXT);
  }
  const forgetting = attempt.succeeded();
  if (forgetting instanceof Promise) await forgetting;
  passwords.keep(credentials, request.password);
  return {
    user_name: name,
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

/** The answer to a CID_OTHER_VALIDATE_REQ that is not even looked at; `null` for a broken one. */
export function validateBusy(frame: Uint8Array): Uint8Array | null {
  try {
    const request = IMValidateReq.decode(bodyOf(frame));
    const answer = IMValidateRsp.encode(refusal(request, VALIDATE_INTERNAL, BUSY_TEXT));
    return buildFrame(CID_OTHER_VALIDATE_RSP, seqNumOf(frame), answer);
  } catch (error) {
    if (error instanceof ProtocolError) return null;
    throw error;
  }
}

/** Everybody but those who left may log in (docs/spec/storage.md 2.1, pitfalls.md P-LOG2). */
function checkPassword(
  { passwords }: DbServices,
  credentials: Credentials | null,
  received: string,
): PasswordVerdict | Promise<PasswordVerdict> {
  if (credentials === null || credentials.user.status === USER_STATUS_LEFT) {
    return passwords.checkNobody();
  }
  return passwords.check(credentials, received);
}

function refusal(request: IMValidateReq, code: number, text: string): IMValidateRspInit {
  return {
    user_name: request.user_name,
    result_code: code,
    result_string: text,
    attach_data: request.attach_data ?? new Uint8Array(0),
  };
}
