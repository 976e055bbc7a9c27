/** A file comes in, block by block, each when it is asked for (docs/spec/flows.md 15.5). */
import {
  CID_FILE_PULL_DATA_REQ,
  CLIENT_FILE_CANCEL,
  CLIENT_FILE_DONE,
  FILE_TYPE_OFFLINE,
  IMFilePullDataReq,
  type IMFilePullDataRsp,
} from "../../../proto/mod.ts";
import type { FileClient, Seat, UploadSeat } from "../context.ts";
import { finish, sendState, taskFields } from "../sessions.ts";
import { StoreError } from "../store/store_error.ts";
import { refuseData } from "./refusals.ts";

type Uploading = Seat & UploadSeat;

/**
 * Stores a block. The next one is asked for when it is written, so a client never has more than one
 * under way, and a slow disk slows the client down.
 */
export async function storeBlock(
  client: FileClient,
  seat: Uploading,
  { offset, file_data: block }: IMFilePullDataRsp,
): Promise<null> {
  const accepted = seat.task.block(client, { offset, length: block.length });
  if (!accepted.ok) return refuseData(client, accepted.refusal);
  try {
    await seat.file.append(block);
  } catch (error) {
    await fail(client, seat, error);
    return null;
  }
  if (client.seat === seat) await askOrFinish(client, seat);
  return null;
}

/** Asks for the block that comes next, or tells the uploader that its file is stored. */
export async function askOrFinish(client: FileClient, seat: Uploading): Promise<void> {
  const { task, file, userId } = seat;
  const { next } = task;
  if (next === null) {
    try {
      await file.finish();
    } catch (error) {
      return await fail(client, seat, error);
    }
    client.context.log.info("file stored", taskFields(seat));
    if (client.seat !== seat) return; // It hears of it at its next login.
    sendState(client, seat, { state: CLIENT_FILE_DONE, userId });
    return finish(client, seat, "the upload is complete");
  }
  const body = IMFilePullDataReq.encode({
    task_id: task.facts.taskId,
    user_id: userId,
    trans_mode: FILE_TYPE_OFFLINE,
    offset: next.offset,
    data_size: next.length,
  });
  client.send(CID_FILE_PULL_DATA_REQ, 0, body);
}

/**
 * The store has failed: the upload ends and nothing of it is kept. The client is told that it is
 * cancelled, which old ones show; from a closed connection they would wait for ever.
 */
async function fail(client: FileClient, seat: Uploading, error: unknown): Promise<void> {
  if (!(error instanceof StoreError)) throw error;
  const { log } = client.context;
  if (client.seat === seat) {
    log.error("upload failed", { ...taskFields(seat), refusal: error.refusal, error });
    sendState(client, seat, { state: CLIENT_FILE_CANCEL, userId: seat.task.facts.toUserId });
    finish(client, seat, "the store has failed");
  }
  await discard(client, seat);
}

/** Removes what was stored of an upload. */
export async function discard(client: FileClient, seat: Uploading): Promise<void> {
  try {
    await seat.file.discard();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // The sweep removes it as one that nobody continues.
    client.context.log.error("upload not removed", { ...taskFields(seat), error });
  }
}
