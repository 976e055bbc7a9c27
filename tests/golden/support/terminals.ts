/** The client connections of the recordings, by name: `user2-android` is an Android of user 2. */
import assert from "node:assert/strict";
import {
  CID_LOGIN_REQ_USERLOGIN,
  CLIENT_TYPE_ANDROID,
  CLIENT_TYPE_MAC,
  CLIENT_TYPE_WINDOWS,
  type ClientType,
  IMLoginReq,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import { md5Hex } from "../../../shared/password.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";

export interface Terminal {
  readonly userId: number;
  readonly userName: string;
  readonly clientType: ClientType;
}

const CLIENT_TYPES: Readonly<Record<string, ClientType>> = {
  pc: CLIENT_TYPE_WINDOWS,
  mac: CLIENT_TYPE_MAC,
  android: CLIENT_TYPE_ANDROID,
};

export function terminalOf(who: string): Terminal {
  const [, userName = "", id, kind = ""] = /^(user(\d+))-(\w+)$/.exec(who) ?? [];
  const clientType = CLIENT_TYPES[kind];
  assert.ok(clientType !== undefined, `${who} is no name of a terminal`);
  return { userId: Number(id), userName, clientType };
}

/** The login request that a terminal sends, as in login_ok.json. */
export function loginRequest(who: string): Uint8Array {
  const { userName, clientType } = terminalOf(who);
  const body = IMLoginReq.encode({
    user_name: userName,
    password: md5Hex("123456"),
    online_status: USER_STATUS_ONLINE,
    client_type: clientType,
    client_version: "1.0",
  });
  return buildFrame(CID_LOGIN_REQ_USERLOGIN, 1, body);
}
