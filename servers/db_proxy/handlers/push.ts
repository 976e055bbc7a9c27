/** What msg_server has to know for pushes to mobile terminals (docs/spec/flows.md 16 and 18). */
import {
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_IOS,
  type ClientType,
  type IMDeviceTokenReq,
  type IMDeviceTokenRspInit,
  type IMGetDeviceTokenReq,
  type IMGetDeviceTokenRspInit,
  type IMGroupGetShieldReq,
  type IMGroupGetShieldRspInit,
  type UserTokenInfo,
} from "../../../proto/mod.ts";
import type { PushTarget } from "../../../shared/storage/types.ts";
import type { TaskCall } from "../services.ts";
import { MAX_ID_LIST, NO_ATTACH } from "./answers.ts";
import { fitsColumn } from "./texts.ts";

/** Longest device token in bytes: Apple's have 64, Google's some 160 with room to grow. */
const MAX_TOKEN_BYTES = 512;
/** Push type of an ordinary push; msg_server makes it silent where a PC is online. */
const PUSH_TYPE_NORMAL = 1;
const SHIELD_ON = 1;
const SHIELD_OFF = 0;

/**
 * CID_LOGIN_REQ_DEVICETOKEN: where pushes for the user go from now on. An empty token ends them,
 * and so does one of a terminal that gets none: the original stored it without a type, which it
 * then never sent anything to. A token that cannot be one is ignored.
 */
export async function deviceToken(
  call: TaskCall,
  request: IMDeviceTokenReq,
): Promise<IMDeviceTokenRspInit> {
  const { deviceTokens } = call.from.services.storage;
  const { user_id: userId, device_token: token, client_type: clientType } = request;
  if (token === "" || !isPushed(clientType)) await deviceTokens.erase(userId);
  else if (fitsColumn(token, MAX_TOKEN_BYTES)) {
    await deviceTokens.put({ userId, clientType, token });
  }
  return { user_id: userId, attach_data: request.attach_data ?? NO_ATTACH };
}

/**
 * CID_OTHER_GET_DEVICE_TOKEN_REQ, answered by CID_OTHER_GET_DEVICE_TOKEN_RSP: tokens of those who
 * can be pushed to now, with their unread messages as badge. At night iPhones with the shield on
 * are left out, Android never is.
 */
export async function getDeviceTokens(
  call: TaskCall,
  request: IMGetDeviceTokenReq,
): Promise<IMGetDeviceTokenRspInit> {
  const { storage, clock, night } = call.from.services;
  const targets = await storage.deviceTokens.of(request.user_id.slice(0, MAX_ID_LIST));
  const isNight = night.includes(clock.nowMs());
  const tokens: UserTokenInfo[] = [];
  for (const target of targets) {
    if (isNight && isShieldedAtNight(target)) continue;
    tokens.push({
      user_id: target.userId,
      user_type: target.clientType as ClientType,
      token: target.token,
      push_count: await storage.unread.total(target.userId),
      push_type: PUSH_TYPE_NORMAL,
    });
  }
  return { user_token_info: tokens, attach_data: request.attach_data ?? NO_ATTACH };
}

/**
 * CID_OTHER_GET_SHIELD_REQ, answered by CID_OTHER_GET_SHIELD_RSP: who of the users wants no pushes
 * of a group, in the order of the request. No answer for an unknown group.
 */
export async function getGroupShields(
  call: TaskCall,
  request: IMGroupGetShieldReq,
): Promise<IMGroupGetShieldRspInit | null> {
  const { groups, groupShields } = call.from.services.storage;
  const { group_id } = request;
  if (await groups.members(group_id) === null) return null;
  const shielding = await groupShields.usersOf(group_id);
  return {
    group_id,
    shield_status_list: request.user_id.slice(0, MAX_ID_LIST).map((user_id) => ({
      user_id,
      group_id,
      shield_status: shielding.has(user_id) ? SHIELD_ON : SHIELD_OFF,
    })),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

function isPushed(clientType: ClientType | undefined): clientType is ClientType {
  return clientType === CLIENT_TYPE_IOS || clientType === CLIENT_TYPE_ANDROID;
}

function isShieldedAtNight({ clientType, push_shield_status }: PushTarget): boolean {
  return clientType === CLIENT_TYPE_IOS && push_shield_status === SHIELD_ON;
}
