/** A client takes its place in a task (docs/spec/flows.md 15.4). */
import {
  CID_FILE_LOGIN_RES,
  CID_FILE_STATE,
  CLIENT_FILE_DONE,
  CLIENT_FILE_PEER_READY,
  CLIENT_OFFLINE_DOWNLOAD,
  CLIENT_OFFLINE_UPLOAD,
  CLIENT_REALTIME_SENDER,
  type IMFileLoginReq,
  IMFileLoginRsp,
  IMFileState,
} from "../../../proto/mod.ts";
import { ok, refused, type Result } from "../../../shared/result.ts";
import type { ClientCall, FileClient, OnlineSeat, Seat } from "../context.ts";
import { replace, sendState, vacate } from "../sessions.ts";
import { DownloadTask } from "../state/download_task.ts";
import { FILE_ERRORS, type FileRefusal } from "../state/file_error.ts";
import type { OnlineRole } from "../state/online_task.ts";
import { isTaskId, shortTaskId } from "../state/task_id.ts";
import { UploadTask } from "../state/upload_task.ts";
import { StoreError } from "../store/store_error.ts";
import type { UploadFile } from "../store/upload_file.ts";
import { endIfNothingLeft } from "./download.ts";
import { askOrFinish } from "./upload.ts";

const LOGIN_OK = 0;
/** COMPAT: what every refusal is on the wire, as from the original (docs/spec/wire.md 7.6). */
const LOGIN_FAILED = 1;

/**
 * What a login leads to: a place in the task, or the news that there is nothing left to do, because
 * the file was complete before.
 */
type Login = Result<Seat | "complete", FileRefusal>;

/**
 * CID_FILE_LOGIN_REQ, answered by CID_FILE_LOGIN_RES. What the new state of the task calls for
 * follows behind the answer; behind a refusal the connection is closed. A further request of a
 * connection that is logged in is ignored.
 */
export async function fileLogin(call: ClientCall, request: IMFileLoginReq): Promise<null> {
  const { from: client } = call;
  if (client.seat !== null) return null;
  if (!isTaskId(request.task_id)) {
    refuse(call, request, "unknown_task");
    return null;
  }
  // Behind what an earlier connection of this task has left to do.
  await client.context.order.run(request.task_id, () => logIn(call, request));
  return null;
}

async function logIn(call: ClientCall, request: IMFileLoginReq): Promise<void> {
  const { from: client, seqNum } = call;
  const login = await takeSeat(client, request);
  if (!login.ok) return refuse(call, request, login.refusal);
  const body = IMFileLoginRsp.encode({ result_code: LOGIN_OK, task_id: request.task_id });
  client.send(CID_FILE_LOGIN_RES, seqNum, body);
  if (login.value === "complete") return tellComplete(client, request);
  const seat = login.value;
  client.seat = seat;
  // It was closed while the disk was busy.
  if (!client.link.isOpen) return await vacate(client)();
  client.watch.deadlineSec = null;
  client.link.maxFrameBytes = client.context.config.MaxClientPduBytes;
  seat.task.activeMs = client.context.clock.nowMs();
  if (seat.kind === "upload") await askOrFinish(client, seat);
  else if (seat.kind === "download") await endIfNothingLeft(client, seat);
  else tellReceiver(seat);
}

async function takeSeat(client: FileClient, request: IMFileLoginReq): Promise<Login> {
  try {
    if (request.file_role === CLIENT_OFFLINE_UPLOAD) return await takeUpload(client, request);
    if (request.file_role === CLIENT_OFFLINE_DOWNLOAD) return await takeDownload(client, request);
    const isSender = request.file_role === CLIENT_REALTIME_SENDER;
    return takeOnline(client, request, isSender ? "sender" : "receiver");
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    client.context.log.error("store failed", { at: "login", error });
    return refused(error.refusal);
  }
}

function takeOnline(
  client: FileClient,
  { task_id: taskId, user_id: userId }: IMFileLoginReq,
  role: OnlineRole,
): Login {
  const task = client.context.tasks.get(taskId);
  if (task?.kind !== "online") return refused("unknown_task");
  const allowed = task.authorise(role, userId);
  if (!allowed.ok) return allowed;
  const older = task.occupant(role);
  if (older !== null) void replace(older);
  task.join(role, client);
  return ok({ kind: "online", task, userId });
}

async function takeUpload(
  client: FileClient,
  { task_id: taskId, user_id: userId }: IMFileLoginReq,
): Promise<Login> {
  const { tasks, store, clock } = client.context;
  const known = tasks.get(taskId);
  if (known !== null) {
    if (known.kind !== "upload") return refused("unknown_task");
    const allowed = known.authorise(userId);
    if (!allowed.ok) return allowed;
    if (known.uploader === null) {
      known.activeMs = clock.nowMs(); // It must not expire meanwhile.
      return ok(joinUpload(client, known, { file: await store.create(known.facts), userId }));
    }
    await replace(known.uploader)();
  }
  const file = await store.continue(taskId);
  if (file === null) return await isComplete(client, taskId, userId);
  const task = new UploadTask<FileClient>(file.facts, clock.nowMs());
  const allowed = task.authorise(userId);
  if (!allowed.ok) {
    await file.suspend();
    return allowed;
  }
  tasks.add(task);
  return ok(joinUpload(client, task, { file, userId }));
}

function joinUpload(
  client: FileClient,
  task: UploadTask<FileClient>,
  { file, userId }: { readonly file: UploadFile; readonly userId: number },
): Seat {
  task.join(client, file.offset);
  return { kind: "upload", task, file, userId };
}

/** An uploader that was cut off before it heard that its file is complete. */
async function isComplete(client: FileClient, taskId: string, userId: number): Promise<Login> {
  const stored = await client.context.store.read(taskId);
  if (stored === null) return refused("unknown_task");
  stored.close();
  return stored.facts.fromUserId === userId ? ok("complete") : refused("wrong_user");
}

async function takeDownload(
  client: FileClient,
  { task_id: taskId, user_id: userId }: IMFileLoginReq,
): Promise<Login> {
  const { tasks, store, clock } = client.context;
  const known = tasks.get(taskId);
  if (known !== null) {
    if (known.kind !== "download") return refused("unknown_task");
    if (known.facts.toUserId !== userId) return refused("wrong_user");
    await replace(known.downloader)();
  }
  const file = await store.read(taskId);
  if (file === null) return refused("unknown_task");
  if (file.facts.toUserId !== userId) {
    file.close();
    return refused("wrong_user");
  }
  const task = new DownloadTask<FileClient>(file.facts, client, clock.nowMs());
  tasks.add(task);
  return ok({ kind: "download", task, file, userId });
}

/** Both sides of an online transfer are there: the receiver may begin to pull (Q-FILEDONE). */
function tellReceiver(seat: Seat & OnlineSeat): void {
  const { task } = seat;
  if (task.state !== "wait_transfer" || task.receiver === null) return;
  const { fromUserId: userId } = task.facts;
  sendState(task.receiver, seat, { state: CLIENT_FILE_PEER_READY, userId });
}

function tellComplete(client: FileClient, { task_id, user_id }: IMFileLoginReq): void {
  const body = IMFileState.encode({ state: CLIENT_FILE_DONE, task_id, user_id });
  client.send(CID_FILE_STATE, 0, body);
  client.close("the upload was complete before");
}

function refuse(
  { from: client, seqNum }: ClientCall,
  { task_id, user_id, file_role }: IMFileLoginReq,
  refusal: FileRefusal,
): void {
  client.context.log.info("login refused", {
    linkId: client.link.id,
    task: shortTaskId(task_id),
    userId: user_id,
    role: file_role,
    refusal,
    code: FILE_ERRORS[refusal],
  });
  const body = IMFileLoginRsp.encode({ result_code: LOGIN_FAILED, task_id });
  client.send(CID_FILE_LOGIN_RES, seqNum, body);
  client.close("login refused");
}
