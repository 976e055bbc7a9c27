/** What msg_servers ask for: tasks, and where clients find this server (docs/spec/flows.md 15.2). */
import {
  FILE_TYPE_OFFLINE,
  type IMFileServerIPReq,
  type IMFileServerIPRspInit,
  type IMFileTransferReq,
  type IMFileTransferRspInit,
} from "../../../proto/mod.ts";
import { refused } from "../../../shared/result.ts";
import type { MsgServerCall } from "../context.ts";
import { FILE_ERRORS } from "../state/file_error.ts";
import { shortTaskId } from "../state/task_id.ts";

const RESULT_OK = 0;
/** COMPAT: msg_server passes it on to clients as it is (docs/spec/wire.md 7.9). */
const RESULT_FAILED = 1;
/** Of a file name, in characters: more does not fit into the header of a stored file. */
const MAX_KEPT_NAME = 511;

const NO_ATTACH_DATA = new Uint8Array(0);

/**
 * CID_OTHER_FILE_TRANSFER_REQ, answered by CID_OTHER_FILE_TRANSFER_RSP with the id of a new task. A
 * refusal leaves the link open, which the original closed (P-FILE12).
 */
export function fileTransferReq(
  { from: { context } }: MsgServerCall,
  request: IMFileTransferReq,
): IMFileTransferRspInit {
  const { tasks, store, clock, log } = context;
  const { from_user_id, to_user_id, file_name, file_size, trans_mode } = request;
  const isTooLarge = trans_mode === FILE_TYPE_OFFLINE && !store.fits(file_size);
  const created = isTooLarge ? refused("store_full") : tasks.create({
    fromUserId: from_user_id,
    toUserId: to_user_id,
    fileName: file_name.slice(0, MAX_KEPT_NAME),
    fileSize: file_size,
    mode: trans_mode,
  }, clock.nowMs());
  if (created.ok) {
    log.info("task created", {
      task: shortTaskId(created.value.facts.taskId),
      kind: created.value.kind,
      from: from_user_id,
      to: to_user_id,
      bytes: file_size,
    });
  } else {
    log.warn("task refused", {
      from: from_user_id,
      bytes: file_size,
      refusal: created.refusal,
      code: FILE_ERRORS[created.refusal],
    });
  }
  return {
    result_code: created.ok ? RESULT_OK : RESULT_FAILED,
    from_user_id,
    to_user_id,
    file_name,
    file_size,
    task_id: created.ok ? created.value.facts.taskId : "",
    trans_mode,
    // COMPAT: the original sets the field also when the request has none.
    attach_data: request.attach_data ?? NO_ATTACH_DATA,
  };
}

/** CID_OTHER_FILE_SERVER_IP_REQ, answered by CID_OTHER_FILE_SERVER_IP_RSP. */
export function fileServerIpReq(
  { from: { context } }: MsgServerCall,
  _request: IMFileServerIPReq,
): IMFileServerIPRspInit {
  return { ip_addr_list: [...context.publicAddresses()] };
}
