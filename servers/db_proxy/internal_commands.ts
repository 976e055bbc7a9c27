/** Commands of this project's own (docs/internal.md), which only http_msg_server sends. */
import {
  CID_INTERNAL_HELLO,
  CID_INTERNAL_HELLO_RSP,
  CID_INTERNAL_MANAGE_REQ,
  CID_INTERNAL_MANAGE_RSP,
  IMInternalHello,
  IMInternalHelloRsp,
  IMManageReq,
  IMManageRsp,
} from "../../proto/mod.ts";
import { type Command, command } from "../../shared/dispatch/mod.ts";
import { hello, manage, manageFailed } from "./handlers/manage.ts";
import type { TaskCaller } from "./services.ts";

/** They belong to no user and run as soon as they arrive. */
export const internalCommands: readonly Command<TaskCaller>[] = [
  command({
    id: CID_INTERNAL_HELLO,
    request: IMInternalHello,
    reply: { id: CID_INTERNAL_HELLO_RSP, codec: IMInternalHelloRsp },
    auth: "peer",
    handle: hello,
  }),
  command({
    id: CID_INTERNAL_MANAGE_REQ,
    request: IMManageReq,
    reply: { id: CID_INTERNAL_MANAGE_RSP, codec: IMManageRsp },
    auth: "peer",
    handle: manage,
    onFailure: manageFailed,
  }),
];
