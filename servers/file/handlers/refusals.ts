/**
 * What a client hears that did what its task does not allow, or whose file the store has failed. The
 * original closes the connection and says nothing. Old clients take a CID_FILE_PULL_DATA_RSP with a
 * result other than 0 for "no data" and do no more, so the reason is told there where a pull is what
 * failed; everything else ends as it did.
 */
import {
  CID_FILE_PULL_DATA_RSP,
  type IMFilePullDataReq,
  IMFilePullDataRsp,
} from "../../../proto/mod.ts";
import type { ClientCall, FileClient } from "../context.ts";
import { taskFields } from "../sessions.ts";
import { FILE_ERRORS, type FileRefusal } from "../state/file_error.ts";

const NO_DATA = new Uint8Array(0);

/** Answers a pull with the reason and closes the connection. */
export function refusePull(
  { from: client, seqNum }: ClientCall,
  { task_id, user_id, offset }: IMFilePullDataReq,
  refusal: FileRefusal,
): null {
  const result_code = FILE_ERRORS[refusal];
  const body = IMFilePullDataRsp.encode({
    result_code,
    task_id,
    user_id,
    offset,
    file_data: NO_DATA,
  });
  client.send(CID_FILE_PULL_DATA_RSP, seqNum, body);
  return refuseData(client, refusal);
}

/** Closes the connection of a client that sent what it may not. */
export function refuseData(client: FileClient, refusal: FileRefusal): null {
  client.context.log.info("transfer refused", {
    linkId: client.link.id,
    ...(client.seat === null ? {} : taskFields(client.seat)),
    refusal,
    code: FILE_ERRORS[refusal],
  });
  client.close(`refused: ${refusal}`);
  return null;
}
