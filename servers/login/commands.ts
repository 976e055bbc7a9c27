/** Every command login_server answers, by the port on which it is accepted. */
import {
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_FIGURES_RSP,
  CID_INTERNAL_HELLO,
  CID_INTERNAL_HELLO_RSP,
  CID_LOGIN_REQ_MSGSERVER,
  CID_LOGIN_RES_MSGSERVER,
  CID_OTHER_HEARTBEAT,
  CID_OTHER_MSG_SERV_INFO,
  CID_OTHER_USER_CNT_UPDATE,
  IMFiguresReq,
  IMFiguresRsp,
  IMHeartBeat,
  IMInternalHello,
  IMInternalHelloRsp,
  IMMsgServInfo,
  IMMsgServReq,
  IMMsgServRsp,
  IMUserCntUpdate,
} from "../../proto/mod.ts";
import { type Command, command } from "../../shared/dispatch/mod.ts";
import type { LoginCaller } from "./context.ts";
import { figures, hello } from "./handlers/internal.ts";
import { msgServer } from "./handlers/lookup.ts";
import { heartBeat, msgServInfo, userCntUpdate } from "./handlers/msg_server.ts";

export const clientCommands: readonly Command<LoginCaller>[] = [
  command({
    id: CID_LOGIN_REQ_MSGSERVER,
    auth: "none",
    request: IMMsgServReq,
    reply: { id: CID_LOGIN_RES_MSGSERVER, codec: IMMsgServRsp },
    handle: msgServer,
  }),
];

export const msgServerCommands: readonly Command<LoginCaller>[] = [
  command({
    id: CID_OTHER_HEARTBEAT,
    auth: "peer",
    request: IMHeartBeat,
    reply: null,
    handle: heartBeat,
  }),
  command({
    id: CID_OTHER_MSG_SERV_INFO,
    auth: "peer",
    request: IMMsgServInfo,
    reply: null,
    handle: msgServInfo,
  }),
  command({
    id: CID_OTHER_USER_CNT_UPDATE,
    auth: "peer",
    request: IMUserCntUpdate,
    reply: null,
    handle: userCntUpdate,
  }),
  // Of this project's own (docs/internal.md); http_msg_server asks on the same port.
  command({
    id: CID_INTERNAL_HELLO,
    auth: "peer",
    request: IMInternalHello,
    reply: { id: CID_INTERNAL_HELLO_RSP, codec: IMInternalHelloRsp },
    handle: hello,
  }),
  command({
    id: CID_INTERNAL_FIGURES_REQ,
    auth: "peer",
    request: IMFiguresReq,
    reply: { id: CID_INTERNAL_FIGURES_RSP, codec: IMFiguresRsp },
    handle: figures,
  }),
];
