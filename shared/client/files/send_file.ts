/** The sender's side of a transfer: it answers pulls, whoever makes them. */
import {
  CID_FILE_PULL_DATA_REQ,
  CID_FILE_PULL_DATA_RSP,
  CID_FILE_STATE,
  CLIENT_FILE_CANCEL,
  CLIENT_FILE_DONE,
  CLIENT_FILE_PEER_READY,
  CLIENT_OFFLINE_UPLOAD,
  CLIENT_REALTIME_SENDER,
  type ClientFileRole,
  IMFilePullDataReq,
  IMFilePullDataRsp,
  IMFileState,
} from "../../../proto/mod.ts";
import { bodyOf, commandIdOf, seqNumOf } from "../../pdu/mod.ts";
import { FileEndedError } from "../errors.ts";
import { FileLink, type FileTransferOptions } from "./file_link.ts";

export interface FileSource {
  /** Bytes, at most 2^32 - 1. */
  readonly size: number;
  /** Exactly the bytes from `offset` on. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** How long to wait for the file_server. */
const OFFLINE_IDLE_LIMIT_MS = 120_000;
/** How long to wait for the other user to accept. */
const ONLINE_IDLE_LIMIT_MS = 3_600_000;

/**
 * Uploads a file for a receiver who is not there. When the connection is lost, call it again: the
 * file_server asks for what it lacks.
 * @throws {FileRefusedError} when the file_server does not let this user in
 * @throws {FileEndedError} when it has given up the file
 * @throws {ConnectionLostError | DeadlineError} and can be called again then
 */
export function uploadFile(options: FileTransferOptions, source: FileSource): Promise<void> {
  return serve({ idleLimitMs: OFFLINE_IDLE_LIMIT_MS, ...options }, CLIENT_OFFLINE_UPLOAD, source);
}

/**
 * Sends a file to a receiver who is there; resolves when he says that he has it. When the connection
 * is lost both sides may begin again, and the receiver pulls what he lacks.
 * @throws as {@link uploadFile}
 */
export function sendFile(options: FileTransferOptions, source: FileSource): Promise<void> {
  return serve({ idleLimitMs: ONLINE_IDLE_LIMIT_MS, ...options }, CLIENT_REALTIME_SENDER, source);
}

async function serve(
  options: FileTransferOptions & { readonly idleLimitMs: number },
  role: ClientFileRole,
  source: FileSource,
): Promise<void> {
  await using link = await FileLink.logIn(options, role);
  for (;;) {
    const frame = await nextOrCancel(link, options.signal);
    if (commandIdOf(frame) === CID_FILE_PULL_DATA_REQ) {
      await answerPull(link, frame, { options, source });
    } else if (commandIdOf(frame) === CID_FILE_STATE) {
      const { state } = IMFileState.decode(bodyOf(frame));
      if (state === CLIENT_FILE_DONE) return;
      if (state !== CLIENT_FILE_PEER_READY) throw new FileEndedError(state);
    }
  }
}

/** As {@link FileLink.next}; when the caller has given up the other side is told. */
export async function nextOrCancel(link: FileLink, signal?: AbortSignal): Promise<Uint8Array> {
  try {
    return await link.next();
  } finally {
    if (signal?.aborted === true) link.report(CLIENT_FILE_CANCEL);
  }
}

async function answerPull(
  link: FileLink,
  frame: Uint8Array,
  { options, source }: { readonly options: FileTransferOptions; readonly source: FileSource },
): Promise<void> {
  const { offset, data_size } = IMFilePullDataReq.decode(bodyOf(frame));
  const length = Math.max(0, Math.min(data_size, source.size - offset));
  const file_data = await source.read(offset, length);
  link.send(CID_FILE_PULL_DATA_RSP, IMFilePullDataRsp, {
    result_code: 0,
    task_id: options.taskId,
    user_id: options.userId,
    offset,
    file_data,
  }, seqNumOf(frame));
  await link.whenAbleToSend();
  options.onProgress?.(offset + length);
}
