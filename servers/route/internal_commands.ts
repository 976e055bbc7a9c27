/** Commands of this project's own (docs/internal.md), from http_msg_server and msg_server. */
import {
  CID_INTERNAL_FIGURES_REQ,
  CID_INTERNAL_FIGURES_RSP,
  CID_INTERNAL_HELLO,
  CID_INTERNAL_HELLO_RSP,
  CID_INTERNAL_SESSION_LIST_REQ,
  CID_INTERNAL_SESSION_LIST_RSP,
  IMFiguresReq,
  IMFiguresRsp,
  IMInternalHello,
  IMInternalHelloRsp,
  IMSessionListReq,
  IMSessionListRsp,
} from "../../proto/mod.ts";
import { type Command, command } from "../../shared/dispatch/mod.ts";
import type { RouteCaller } from "./context.ts";
import {
  figures,
  figuresAnswered,
  hello,
  helloAnswered,
  sessionList,
} from "./handlers/internal.ts";

export const internalCommands: readonly Command<RouteCaller>[] = [
  command({
    id: CID_INTERNAL_HELLO,
    auth: "peer",
    request: IMInternalHello,
    reply: { id: CID_INTERNAL_HELLO_RSP, codec: IMInternalHelloRsp },
    handle: hello,
  }),
  command({
    id: CID_INTERNAL_HELLO_RSP,
    auth: "peer",
    request: IMInternalHelloRsp,
    reply: null,
    handle: helloAnswered,
  }),
  command({
    id: CID_INTERNAL_SESSION_LIST_REQ,
    auth: "peer",
    request: IMSessionListReq,
    reply: { id: CID_INTERNAL_SESSION_LIST_RSP, codec: IMSessionListRsp },
    handle: sessionList,
  }),
  command({
    id: CID_INTERNAL_FIGURES_REQ,
    auth: "peer",
    request: IMFiguresReq,
    reply: { id: CID_INTERNAL_FIGURES_RSP, codec: IMFiguresRsp },
    handle: figures,
  }),
  command({
    id: CID_INTERNAL_FIGURES_RSP,
    auth: "peer",
    request: IMFiguresRsp,
    reply: null,
    handle: figuresAnswered,
  }),
];
