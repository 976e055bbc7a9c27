/** What users change about themselves (docs/spec/flows.md 14 and 19). */
import type {
  IMChangeAvatarReq,
  IMChangeAvatarRspInit,
  IMChangeSignInfoReq,
  IMChangeSignInfoRspInit,
  IMPushShieldReq,
  IMPushShieldRspInit,
  IMQueryPushShieldReq,
  IMQueryPushShieldRspInit,
} from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import type { TaskCall } from "../services.ts";
import { NO_ATTACH, RESULT_FAILED, RESULT_OK } from "./answers.ts";
import { fitsColumn } from "./texts.ts";

/** Longest signature in bytes of UTF-8, as the original checks it. */
const MAX_SIGN_INFO_BYTES = 128;
/** Longest avatar URL in bytes of UTF-8, the width of the original's column. */
const MAX_AVATAR_BYTES = 255;
/** Values of a shield: off and on. */
const SHIELD_VALUES: readonly number[] = [0, 1];

/** CID_BUDDY_LIST_CHANGE_SIGN_INFO_REQUEST: the same text again is a success (P-DB2). */
export async function changeSignInfo(
  call: TaskCall,
  request: IMChangeSignInfoReq,
): Promise<IMChangeSignInfoRspInit> {
  const { storage, clock } = call.from.services;
  const { user_id: userId, sign_info: value } = request;
  const done = fitsColumn(value, MAX_SIGN_INFO_BYTES) &&
    await storage.profiles.setSignInfo({ userId, value, now: nowSec(clock) });
  if (!done) return changeSignInfoFailed(request);
  return {
    user_id: userId,
    result_code: RESULT_OK,
    sign_info: value,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** The answer when the text does not fit, the user is unknown, or storage failed. */
export function changeSignInfoFailed(request: IMChangeSignInfoReq): IMChangeSignInfoRspInit {
  return failed(request);
}

/** CID_BUDDY_LIST_CHANGE_AVATAR_REQUEST; the original's db_proxy never answered it. */
export async function changeAvatar(
  call: TaskCall,
  request: IMChangeAvatarReq,
): Promise<IMChangeAvatarRspInit> {
  const { storage, clock } = call.from.services;
  const { user_id: userId, avatar_url: value } = request;
  const done = fitsColumn(value, MAX_AVATAR_BYTES) &&
    await storage.profiles.setAvatar({ userId, value, now: nowSec(clock) });
  if (!done) return changeAvatarFailed(request);
  return {
    user_id: userId,
    result_code: RESULT_OK,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/** The answer when the URL does not fit, the user is unknown, or storage failed. */
export function changeAvatarFailed(request: IMChangeAvatarReq): IMChangeAvatarRspInit {
  return failed(request);
}

/**
 * CID_LOGIN_REQ_PUSH_SHIELD, answered by CID_LOGIN_RES_PUSH_SHIELD: whether pushes are held back at
 * night.
 */
export async function setPushShield(
  call: TaskCall,
  request: IMPushShieldReq,
): Promise<IMPushShieldRspInit> {
  const { storage, clock } = call.from.services;
  const { user_id: userId, shield_status: value } = request;
  const done = SHIELD_VALUES.includes(value) &&
    await storage.profiles.setPushShield({ userId, value, now: nowSec(clock) });
  return done ? pushShield(request, value) : setPushShieldFailed(request);
}

/** The answer when the value is none, the user is unknown, or storage failed. */
export function setPushShieldFailed(request: IMPushShieldReq): IMPushShieldRspInit {
  return failed(request);
}

/**
 * CID_LOGIN_REQ_QUERY_PUSH_SHIELD, answered by CID_LOGIN_RES_QUERY_PUSH_SHIELD: whether the shield
 * is on.
 */
export async function queryPushShield(
  call: TaskCall,
  request: IMQueryPushShieldReq,
): Promise<IMQueryPushShieldRspInit> {
  const status = await call.from.services.storage.profiles.pushShield(request.user_id);
  return status === null ? queryPushShieldFailed(request) : pushShield(request, status);
}

/** The answer when the user is unknown, or storage failed. */
export function queryPushShieldFailed(request: IMQueryPushShieldReq): IMQueryPushShieldRspInit {
  return failed(request);
}

interface ProfileRequest {
  readonly user_id: number;
  readonly attach_data?: Uint8Array;
}

function pushShield(request: ProfileRequest, status: number) {
  return {
    user_id: request.user_id,
    result_code: RESULT_OK,
    shield_status: status,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

function failed(request: ProfileRequest) {
  return {
    user_id: request.user_id,
    result_code: RESULT_FAILED,
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}
