/** What msg_servers tell about themselves (docs/spec/roles.md 3.2). */
import type { IMHeartBeat, IMMsgServInfo, IMUserCntUpdate } from "../../../proto/mod.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import type { LoginCaller } from "../context.ts";

/** `user_action` of IMUserCntUpdate that counts up; any other counts down. */
const ACTION_UP = 1;

export function msgServInfo({ from }: Call<LoginCaller>, info: IMMsgServInfo): null {
  const { table, log } = from.context;
  table.register(from.link.id, info);
  log.info("msg_server registered", {
    linkId: from.link.id,
    remote: from.link.remote,
    clientAddress: `${info.ip1}:${info.port}`,
    online: info.cur_conn_cnt,
    maxOnline: info.max_conn_cnt,
  });
  return null;
}

export function userCntUpdate({ from }: Call<LoginCaller>, update: IMUserCntUpdate): null {
  from.context.table.count(from.link.id, update.user_action === ACTION_UP ? "up" : "down");
  return null;
}

/** Nothing to do: any input is a life sign. */
export function heartBeat(_call: Call<LoginCaller>, _request: IMHeartBeat): null {
  return null;
}
