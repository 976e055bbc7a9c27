/** Every command push_server answers. Any other closes the link. */
import {
  CID_OTHER_HEARTBEAT,
  CID_OTHER_PUSH_TO_USER_REQ,
  CID_OTHER_PUSH_TO_USER_RSP,
  IMPushToUserReq,
  IMPushToUserRsp,
} from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import type { PushCaller } from "./context.ts";
import { heartBeat } from "./handlers/link.ts";
import { pushToUser } from "./handlers/push.ts";

export const commands: readonly Command<PushCaller>[] = [
  relayCommand({
    id: CID_OTHER_HEARTBEAT,
    auth: "peer",
    answer: CID_OTHER_HEARTBEAT,
    handle: heartBeat,
  }),
  command({
    id: CID_OTHER_PUSH_TO_USER_REQ,
    auth: "peer",
    request: IMPushToUserReq,
    reply: { id: CID_OTHER_PUSH_TO_USER_RSP, codec: IMPushToUserRsp },
    handle: pushToUser,
  }),
];
