/**
 * Files that wait for their receivers on a file_server (docs/spec/flows.md 15.5 and 15.6). The file
 * itself never passes through here.
 */
import type {
  IMFileAddOfflineReq,
  IMFileDelOfflineReq,
  IMFileHasOfflineReq,
  IMFileHasOfflineRspInit,
} from "../../../proto/mod.ts";
import { nowSec } from "../../../shared/clock.ts";
import { isStorableFileName, isStorableTaskId } from "../../../shared/file_limits.ts";
import type { TaskCall } from "../services.ts";
import { NO_ATTACH } from "./answers.ts";

/**
 * Most files in one answer, the oldest ones; who has fetched them is told of the rest when he asks
 * again. With the longest names an answer is then still below what any client takes
 * (docs/spec/wire.md 2).
 */
export const MAX_WAITING_FILES = 300;

/** CID_FILE_HAS_OFFLINE_REQ, answered by CID_FILE_HAS_OFFLINE_RES: files that wait for the user. */
export async function waitingFiles(
  call: TaskCall,
  request: IMFileHasOfflineReq,
): Promise<IMFileHasOfflineRspInit> {
  const { offlineFiles } = call.from.services.storage;
  const files = await offlineFiles.waitingFor(request.user_id, MAX_WAITING_FILES);
  return {
    user_id: request.user_id,
    offline_file_list: files.map((file) => ({
      from_user_id: file.fromId,
      task_id: file.taskId,
      file_name: file.fileName,
      file_size: file.size,
    })),
    attach_data: request.attach_data ?? NO_ATTACH,
  };
}

/**
 * CID_FILE_ADD_OFFLINE_REQ: a file was uploaded. There is no answer; for a receiver who does not
 * exist, and with a name or task that the columns have no room for, nothing is noted.
 */
export async function addWaitingFile(call: TaskCall, request: IMFileAddOfflineReq): Promise<null> {
  const { storage, clock } = call.from.services;
  if (!isStorableFileName(request.file_name) || !isStorableTaskId(request.task_id)) return null;
  await storage.offlineFiles.add({
    fromId: request.from_user_id,
    toId: request.to_user_id,
    taskId: request.task_id,
    fileName: request.file_name,
    size: request.file_size,
  }, nowSec(clock));
  return null;
}

/**
 * CID_FILE_DEL_OFFLINE_REQ: the receiver has the file. There is no answer. The request does not say
 * who sends it: msg_server lets only sender and receiver through (docs/spec/pitfalls.md P-AUTH4).
 */
export async function removeWaitingFile(
  call: TaskCall,
  request: IMFileDelOfflineReq,
): Promise<null> {
  await call.from.services.storage.offlineFiles.remove({
    fromId: request.from_user_id,
    toId: request.to_user_id,
    taskId: request.task_id,
  });
  return null;
}
