/** Every command msg_server takes from file_servers. */
import * as proto from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import * as fileTransfer from "./handlers/file_transfer.ts";
import * as session from "./handlers/session.ts";
import type { PeerCaller } from "./services.ts";

/** Answers from file_servers, and echoes of our heartbeats. */
export const fileCommands: readonly Command<PeerCaller>[] = [
  relayCommand({
    id: proto.CID_OTHER_HEARTBEAT,
    auth: "peer",
    handle: session.ignoreHeartbeat,
  }),
  command({
    id: proto.CID_OTHER_FILE_TRANSFER_RSP,
    request: proto.IMFileTransferRsp,
    reply: null,
    auth: "peer",
    handle: fileTransfer.fileTaskMade,
  }),
  command({
    id: proto.CID_OTHER_FILE_SERVER_IP_RSP,
    request: proto.IMFileServerIPRsp,
    reply: null,
    auth: "peer",
    handle: fileTransfer.fileServerAddresses,
  }),
];
