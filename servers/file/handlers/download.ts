/** A stored file goes out, block by block, each when it is pulled (docs/spec/flows.md 15.6). */
import {
  CID_FILE_PULL_DATA_RSP,
  CLIENT_FILE_DONE,
  type IMFilePullDataReq,
  IMFilePullDataRsp,
} from "../../../proto/mod.ts";
import { type FrameWithRoom, frameWithRoom } from "../../../shared/pdu/mod.ts";
import type { ClientCall, DownloadSeat, FileClient, Seat } from "../context.ts";
import { finish, sendState, taskFields } from "../sessions.ts";
import type { Piece } from "../state/task.ts";
import { StoreError } from "../store/store_error.ts";
import { refusePull } from "./refusals.ts";

type Downloading = Seat & DownloadSeat;

const DATA_OK = 0;
const NO_DATA = new Uint8Array(0);

/** Answers a pull with the block that it asks for; behind the last one the transfer ends. */
export async function giveBlock(
  call: ClientCall,
  request: IMFilePullDataReq,
  seat: Downloading,
): Promise<null> {
  const { from: client, seqNum } = call;
  const piece = seat.task.pull(request.offset);
  if (!piece.ok) {
    if (piece.refusal !== "finished") return refusePull(call, request, piece.refusal);
    await endIfNothingLeft(client, seat);
    return null;
  }
  const { frame, room } = frameOfBlock(seat, piece.value, seqNum);
  try {
    await seat.file.read(piece.value.offset, room);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (client.seat !== seat) return null; // Closed while it was read.
    client.context.log.error("stored file not readable", { ...taskFields(seat), error });
    return refusePull(call, request, error.refusal);
  }
  if (client.seat !== seat) return null;
  client.link.send(frame);
  await endIfNothingLeft(client, seat);
  // No further pull is read before; a client that does not read may have sent thousands.
  if (client.isBehind) await client.link.whenDrained();
  return null;
}

/**
 * Tells the downloader that it has everything, and remembers it. COMPAT: the user id is the
 * sender's (Q-FILEDONE).
 */
export async function endIfNothingLeft(client: FileClient, seat: Downloading): Promise<void> {
  const { task } = seat;
  if (task.state !== "upload_end") return;
  sendState(client, seat, { state: CLIENT_FILE_DONE, userId: task.facts.fromUserId });
  finish(client, seat, "the download is complete");
  client.context.log.info("file delivered", taskFields(seat));
  await client.context.store.markDownloaded(task.facts.taskId);
}

/** Field number of `file_data`, the last field of IMFilePullDataRsp. */
const FILE_DATA = 5;
/** Tag and length of a field of less than 128 bytes. */
const EMPTY_FIELD_BYTES = 2;

/**
 * A CID_FILE_PULL_DATA_RSP with room for its data, so that a block is read to where it is sent from:
 * copies of every block would be most of the garbage of this server.
 */
function frameOfBlock(
  { task, userId }: Downloading,
  { offset, length }: Piece,
  seqNum: number,
): FrameWithRoom {
  const empty = IMFilePullDataRsp.encode({
    result_code: DATA_OK,
    task_id: task.facts.taskId,
    user_id: userId,
    offset,
    file_data: NO_DATA,
  });
  return frameWithRoom(
    { commandId: CID_FILE_PULL_DATA_RSP, seqNum },
    empty.subarray(0, empty.length - EMPTY_FIELD_BYTES),
    { number: FILE_DATA, length },
  );
}
