/**
 * The receiver's side of a transfer: it pulls. {@link WINDOW} pulls are under way at a time, so that
 * the way there and back does not bound the speed; the answers come in the order of the pulls.
 */
import {
  CID_FILE_PULL_DATA_REQ,
  CID_FILE_PULL_DATA_RSP,
  CID_FILE_STATE,
  CLIENT_FILE_DONE,
  CLIENT_FILE_PEER_READY,
  CLIENT_FILE_REFUSE,
  CLIENT_OFFLINE_DOWNLOAD,
  CLIENT_REALTIME_RECVER,
  FILE_TYPE_OFFLINE,
  FILE_TYPE_ONLINE,
  IMFilePullDataReq,
  IMFilePullDataRsp,
  IMFileState,
  type TransferFileType,
} from "../../../proto/mod.ts";
import { bodyOf, commandIdOf } from "../../pdu/mod.ts";
import { ConnectionLostError, FileEndedError, FileRefusedError } from "../errors.ts";
import { FileLink, type FileTransferOptions } from "./file_link.ts";
import { nextOrCancel } from "./send_file.ts";

export interface FileSink {
  /** Takes the bytes that belong at `offset`; they come in order and may be reused afterwards. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
}

export interface ReceiveOptions extends FileTransferOptions {
  /** Of the whole file, as it was told with the task. */
  readonly size: number;
  /** Where to begin: what is before it is there already. A multiple of {@link BLOCK_BYTES}. */
  readonly offset?: number;
}

/** What is pulled at a time; offline it cannot be chosen (docs/spec/pitfalls.md Q-FILESIZE). */
export const BLOCK_BYTES = 32 * 1024;
const WINDOW = 8;
/** How long to wait for the file_server. */
const OFFLINE_IDLE_LIMIT_MS = 120_000;
/** How long to wait for the other user to be there. */
const ONLINE_IDLE_LIMIT_MS = 3_600_000;

/**
 * Downloads a file that was uploaded. When the connection is lost, call it again with the offset up
 * to which the sink has taken it, rounded down to whole blocks.
 * @throws {FileRefusedError} when the file_server does not let this user in, or cannot read the file
 * @throws {ConnectionLostError | DeadlineError} and can be called again then
 */
export async function downloadFile(options: ReceiveOptions, sink: FileSink): Promise<void> {
  const settled = { idleLimitMs: OFFLINE_IDLE_LIMIT_MS, ...options };
  await using link = await FileLink.logIn(settled, CLIENT_OFFLINE_DOWNLOAD);
  // One that has everything is told so by a pull at the end.
  await pullAll(link, { options, sink, mode: FILE_TYPE_OFFLINE });
  if ((options.offset ?? 0) >= options.size && options.size > 0) {
    sendPull(link, { options, mode: FILE_TYPE_OFFLINE, offset: options.size });
  }
  await expectState(link, options, CLIENT_FILE_DONE);
}

/**
 * Receives a file from a sender who is there, and tells him when all of it has been written.
 * @throws as {@link downloadFile}, and {FileEndedError} when the sender has cancelled
 */
export async function receiveFile(options: ReceiveOptions, sink: FileSink): Promise<void> {
  const settled = { idleLimitMs: ONLINE_IDLE_LIMIT_MS, ...options };
  await using link = await FileLink.logIn(settled, CLIENT_REALTIME_RECVER);
  await expectState(link, options, CLIENT_FILE_PEER_READY);
  await pullAll(link, { options, sink, mode: FILE_TYPE_ONLINE });
  link.report(CLIENT_FILE_DONE);
}

/** Tells the sender that his file is not wanted. @throws as {@link receiveFile} */
export async function refuseFile(
  options: FileTransferOptions,
  mode: TransferFileType,
): Promise<void> {
  const role = mode === FILE_TYPE_ONLINE ? CLIENT_REALTIME_RECVER : CLIENT_OFFLINE_DOWNLOAD;
  await using link = await FileLink.logIn({ idleLimitMs: OFFLINE_IDLE_LIMIT_MS, ...options }, role);
  link.report(CLIENT_FILE_REFUSE);
}

interface Pulling {
  readonly options: ReceiveOptions;
  readonly mode: TransferFileType;
}

async function pullAll(
  link: FileLink,
  { options, sink, mode }: Pulling & { readonly sink: FileSink },
): Promise<void> {
  const { size, offset = 0, onProgress } = options;
  let asked = offset;
  for (let taken = offset; taken < size;) {
    for (; asked < size && asked < taken + WINDOW * BLOCK_BYTES; asked += BLOCK_BYTES) {
      sendPull(link, { options, mode, offset: asked });
    }
    const bytes = dataIn(await nextOrCancel(link, options.signal), taken);
    await sink.write(taken, bytes);
    taken += bytes.length;
    onProgress?.(taken);
  }
}

function sendPull(link: FileLink, { options, mode, offset }: Pulling & { offset: number }): void {
  link.send(CID_FILE_PULL_DATA_REQ, IMFilePullDataReq, {
    task_id: options.taskId,
    user_id: options.userId,
    trans_mode: mode,
    offset,
    data_size: Math.min(BLOCK_BYTES, options.size - offset),
  });
}

/** The bytes of an answer, which have to be those at `offset`. */
function dataIn(frame: Uint8Array, offset: number): Uint8Array {
  if (commandIdOf(frame) === CID_FILE_STATE) {
    throw new FileEndedError(IMFileState.decode(bodyOf(frame)).state);
  }
  if (commandIdOf(frame) !== CID_FILE_PULL_DATA_RSP) {
    throw new ConnectionLostError("Cannot go on: the file_server answers something else");
  }
  const data = IMFilePullDataRsp.decode(bodyOf(frame));
  if (data.result_code !== 0) throw new FileRefusedError("pull", data.result_code);
  if (data.offset !== offset || data.file_data.length === 0) {
    throw new ConnectionLostError(
      "Cannot go on: the file_server sends other data than were pulled",
    );
  }
  return data.file_data;
}

async function expectState(
  link: FileLink,
  { signal }: FileTransferOptions,
  expected: typeof CLIENT_FILE_DONE | typeof CLIENT_FILE_PEER_READY,
): Promise<void> {
  const frame = await nextOrCancel(link, signal);
  if (commandIdOf(frame) !== CID_FILE_STATE) {
    throw new ConnectionLostError("Cannot go on: the file_server answers something else");
  }
  const { state } = IMFileState.decode(bodyOf(frame));
  if (state !== expected) throw new FileEndedError(state);
}
