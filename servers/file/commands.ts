/** Every command file_server answers, by the port on which it is accepted. */
import {
  CID_FILE_LOGIN_REQ,
  CID_FILE_LOGIN_RES,
  CID_FILE_PULL_DATA_REQ,
  CID_FILE_PULL_DATA_RSP,
  CID_FILE_STATE,
  CID_OTHER_FILE_SERVER_IP_REQ,
  CID_OTHER_FILE_SERVER_IP_RSP,
  CID_OTHER_FILE_TRANSFER_REQ,
  CID_OTHER_FILE_TRANSFER_RSP,
  CID_OTHER_HEARTBEAT,
  IMFileLoginReq,
  IMFileLoginRsp,
  IMFilePullDataReq,
  IMFilePullDataRsp,
  IMFileServerIPReq,
  IMFileServerIPRsp,
  IMFileState,
  IMFileTransferReq,
  IMFileTransferRsp,
} from "../../proto/mod.ts";
import { type Command, command, relayCommand } from "../../shared/dispatch/mod.ts";
import type { FileClient, MsgServerCaller } from "./context.ts";
import { echoHeartbeat } from "./handlers/heartbeat.ts";
import { fileLogin } from "./handlers/login.ts";
import { fileServerIpReq, fileTransferReq } from "./handlers/msg_server.ts";
import { filePullDataReq, filePullDataRsp, fileState } from "./handlers/transfer.ts";

export const clientCommands: readonly Command<FileClient>[] = [
  command({
    id: CID_FILE_LOGIN_REQ,
    auth: "none",
    request: IMFileLoginReq,
    reply: { id: CID_FILE_LOGIN_RES, codec: IMFileLoginRsp },
    handle: fileLogin,
  }),
  command({
    id: CID_FILE_STATE,
    auth: "user",
    request: IMFileState,
    reply: null,
    handle: fileState,
  }),
  command({
    id: CID_FILE_PULL_DATA_REQ,
    auth: "user",
    request: IMFilePullDataReq,
    reply: { id: CID_FILE_PULL_DATA_RSP, codec: IMFilePullDataRsp },
    handle: filePullDataReq,
  }),
  command({
    id: CID_FILE_PULL_DATA_RSP,
    auth: "user",
    request: IMFilePullDataRsp,
    reply: null,
    handle: filePullDataRsp,
  }),
  relayCommand({
    id: CID_OTHER_HEARTBEAT,
    auth: "none",
    answer: CID_OTHER_HEARTBEAT,
    handle: echoHeartbeat,
  }),
];

export const msgServerCommands: readonly Command<MsgServerCaller>[] = [
  relayCommand({
    id: CID_OTHER_HEARTBEAT,
    auth: "peer",
    answer: CID_OTHER_HEARTBEAT,
    handle: echoHeartbeat,
  }),
  command({
    id: CID_OTHER_FILE_TRANSFER_REQ,
    auth: "peer",
    request: IMFileTransferReq,
    reply: { id: CID_OTHER_FILE_TRANSFER_RSP, codec: IMFileTransferRsp },
    handle: fileTransferReq,
  }),
  command({
    id: CID_OTHER_FILE_SERVER_IP_REQ,
    auth: "peer",
    request: IMFileServerIPReq,
    reply: { id: CID_OTHER_FILE_SERVER_IP_RSP, codec: IMFileServerIPRsp },
    handle: fileServerIpReq,
  }),
];
