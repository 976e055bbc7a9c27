/** What a msg_server says about its link. */
import type { IMHeartBeat, IMRoleSet } from "../../../proto/mod.ts";
import type { Call } from "../../../shared/dispatch/mod.ts";
import type { RouteCaller } from "../context.ts";

const ROLE_SLAVE = 0;

/** Whether this is the route_server that the msg_server uses. */
export function roleSet({ from }: Call<RouteCaller>, request: IMRoleSet): null {
  from.isSlave = request.master === ROLE_SLAVE;
  return null;
}

/** Nothing to do: any input is a life sign. */
export function heartBeat(_call: Call<RouteCaller>, _request: IMHeartBeat): null {
  return null;
}
