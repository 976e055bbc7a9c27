/** The msg_server's part of file transfer (docs/spec/flows.md 15). */
import {
  CID_FILE_ADD_OFFLINE_REQ,
  CID_FILE_DEL_OFFLINE_REQ,
  CID_FILE_HAS_OFFLINE_REQ,
  CID_FILE_HAS_OFFLINE_RES,
  CID_FILE_REQUEST,
  CID_FILE_RESPONSE,
  IMFileAddOfflineReq,
  IMFileDelOfflineReq,
  IMFileHasOfflineReq,
  IMFileHasOfflineRsp,
  IMFileReq,
  IMFileRsp,
  type TransferFileType,
} from "../../../proto/mod.ts";
import type { Requester } from "../exchange.ts";

export interface FileOffer {
  readonly to_user_id: number;
  readonly file_name: string;
  /** Bytes, 32 bits. */
  readonly file_size: number;
}

export type FileRequests = ReturnType<typeof fileRequests>;

export function fileRequests(client: Requester) {
  return {
    /** Asks for a transfer task; the answer names it and the file_servers. */
    requestFile: (file: FileOffer & { readonly trans_mode: TransferFileType }) =>
      client.request({
        id: CID_FILE_REQUEST,
        request: IMFileReq,
        replyId: CID_FILE_RESPONSE,
        reply: IMFileRsp,
      }, { ...file, from_user_id: client.userId }),
    /** Files that wait for this user. */
    offlineFiles: () =>
      client.request({
        id: CID_FILE_HAS_OFFLINE_REQ,
        request: IMFileHasOfflineReq,
        replyId: CID_FILE_HAS_OFFLINE_RES,
        reply: IMFileHasOfflineRsp,
      }, { user_id: client.userId }),
    /** Tells the receiver that an upload is complete. There is no answer. */
    addOfflineFile: (file: FileOffer & { readonly task_id: string }): void =>
      client.notify(
        { id: CID_FILE_ADD_OFFLINE_REQ, request: IMFileAddOfflineReq },
        { ...file, from_user_id: client.userId },
      ),
    /** Removes a file of `from_user_id` that this user has downloaded. There is no answer. */
    deleteOfflineFile: (file: { readonly from_user_id: number; readonly task_id: string }): void =>
      client.notify(
        { id: CID_FILE_DEL_OFFLINE_REQ, request: IMFileDelOfflineReq },
        { ...file, to_user_id: client.userId },
      ),
  };
}
