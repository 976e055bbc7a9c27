/** Files that wait for their receivers on a file_server (docs/spec/flows.md 15.5 and 15.6). */
import {
  CID_FILE_ADD_OFFLINE_REQ,
  CID_FILE_DEL_OFFLINE_REQ,
  CID_FILE_HAS_OFFLINE_RES,
  CID_FILE_NOTIFY,
  FILE_TYPE_OFFLINE,
  IMFileAddOfflineReq,
  IMFileDelOfflineReq,
  IMFileHasOfflineRsp,
  IMFileNotify,
  type OfflineFileInfo,
} from "../../../proto/mod.ts";
import { isStorableFileName, isStorableTaskId } from "../../../shared/file_limits.ts";
import { buildFrame } from "../../../shared/pdu/mod.ts";
import type { ClientCall, PeerCall } from "../services.ts";
import type { FilePlace, FilePlaces } from "../state/file_places.ts";
import { notifyReceiver } from "./file_transfer.ts";
import { readAnswer } from "./forward.ts";

/** The file is uploaded. */
const READY = 1;

/**
 * CID_FILE_ADD_OFFLINE_REQ: the client has uploaded a file. db_proxy notes it, and the receiver's PC
 * terminals are told, if it is known where they would find it. There is no answer.
 */
export function fileUploaded(call: ClientCall, request: IMFileAddOfflineReq): null {
  const { from: conn, seqNum } = call;
  const { services } = conn;
  const { task_id: taskId, to_user_id: receiverId } = request;
  if (!isStorableFileName(request.file_name) || !isStorableTaskId(taskId)) return null;
  request.from_user_id = conn.userId;
  const frame = buildFrame(CID_FILE_ADD_OFFLINE_REQ, seqNum, IMFileAddOfflineReq.encode(request));
  services.db.sendInOrder(receiverId, frame, "notice");
  const place = services.filePlaces.placeOf({ taskId, receiverId });
  if (place.length === 0) return null;
  notifyReceiver(services, {
    ...request,
    ip_addr_list: place,
    trans_mode: FILE_TYPE_OFFLINE,
    offline_ready: READY,
  });
  return null;
}

/**
 * CID_FILE_DEL_OFFLINE_REQ: the receiver has the file, or the sender takes it back. From anybody
 * else it is ignored (docs/spec/pitfalls.md P-AUTH4). There is no answer.
 */
export function fileTaken(call: ClientCall, request: IMFileDelOfflineReq): null {
  const { from: conn, seqNum } = call;
  const { from_user_id: senderId, to_user_id: receiverId } = request;
  if (conn.userId !== senderId && conn.userId !== receiverId) return null;
  const frame = buildFrame(CID_FILE_DEL_OFFLINE_REQ, seqNum, IMFileDelOfflineReq.encode(request));
  conn.services.db.sendInOrder(receiverId, frame, "notice");
  return null;
}

/**
 * CID_FILE_HAS_OFFLINE_RES: the files that wait for the client, with the address of the file_server
 * that has most of them. A list has one address only; of files that are known to be elsewhere the
 * client is told as if they had just been uploaded, with the right one (P-FILE9).
 */
export function waitingFilesArrived(call: PeerCall): void {
  const { services } = call.from;
  const { conn, body } = readAnswer(services, call.frame);
  if (conn === null) return;
  const { offline_file_list: waiting } = IMFileHasOfflineRsp.decode(body);
  const [first, ...others] = byPlace(waiting, conn.userId, services.filePlaces);
  const answer = IMFileHasOfflineRsp.encode({
    user_id: conn.userId,
    offline_file_list: first!.files,
    ip_addr_list: first!.place,
  });
  conn.reply(buildFrame(CID_FILE_HAS_OFFLINE_RES, call.seqNum, answer));
  for (const { place, files } of others) {
    for (const file of files) {
      const notify = IMFileNotify.encode({
        ...file,
        to_user_id: conn.userId,
        ip_addr_list: place,
        trans_mode: FILE_TYPE_OFFLINE,
        offline_ready: READY,
      });
      conn.reply(buildFrame(CID_FILE_NOTIFY, 0, notify));
    }
  }
}

interface FilesAtPlace {
  readonly place: FilePlace;
  readonly files: OfflineFileInfo[];
}

/** The files by where they are, the place with most of them first; at least the receiver's home. */
function byPlace(
  files: readonly OfflineFileInfo[],
  receiverId: number,
  places: FilePlaces,
): readonly FilesAtPlace[] {
  const home = places.homeOf(receiverId);
  const groups = new Map<string, FilesAtPlace>([[nameOf(home), { place: home, files: [] }]]);
  for (const file of files) {
    const place = places.placeOf({ taskId: file.task_id, receiverId });
    const group = groups.get(nameOf(place)) ?? { place, files: [] };
    groups.set(nameOf(place), group);
    group.files.push(file);
  }
  return [...groups.values()].sort((a, b) => b.files.length - a.files.length);
}

function nameOf(place: FilePlace): string {
  return place.map(({ ip, port }) => `${ip} ${port}`).join();
}
