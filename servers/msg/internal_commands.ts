/** Commands of this project's own (docs/internal.md), from route_servers. */
import * as proto from "../../proto/mod.ts";
import { type Command, command } from "../../shared/dispatch/mod.ts";
import { figures, hello } from "./handlers/internal.ts";
import type { PeerCaller } from "./services.ts";

export const internalCommands: readonly Command<PeerCaller>[] = [
  command({
    id: proto.CID_INTERNAL_HELLO,
    request: proto.IMInternalHello,
    reply: { id: proto.CID_INTERNAL_HELLO_RSP, codec: proto.IMInternalHelloRsp },
    auth: "peer",
    handle: hello,
  }),
  command({
    id: proto.CID_INTERNAL_FIGURES_REQ,
    request: proto.IMFiguresReq,
    reply: { id: proto.CID_INTERNAL_FIGURES_RSP, codec: proto.IMFiguresRsp },
    auth: "peer",
    handle: figures,
  }),
];
