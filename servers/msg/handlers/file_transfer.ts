/**
 * Files that somebody wants to send, up to the task on a file_server (docs/spec/flows.md 15.1). The
 * transfer itself is between clients and file_server.
 */
import {
  CID_BUDDY_LIST_USERS_STATUS_REQUEST,
  CID_FILE_NOTIFY,
  CID_FILE_RESPONSE,
  FILE_TYPE_OFFLINE,
  FILE_TYPE_ONLINE,
  IMFileNotify,
  type IMFileNotifyInit,
  type IMFileReq,
  IMFileRsp,
  type IMFileRspInit,
  type IMFileServerIPRsp,
  IMFileTransferReq,
  type IMFileTransferRsp,
  IMUsersStatReq,
  IMUsersStatRsp,
  USER_STATUS_ONLINE,
} from "../../../proto/mod.ts";
import { isStorableFileName } from "../../../shared/file_limits.ts";
import {
  ATTACH_TYPE_HANDLE_AND_PDU_FOR_FILE,
  buildFrame,
  decodeAttach,
  encodePduAttach,
} from "../../../shared/pdu/mod.ts";
import { deliverToPcs } from "../delivery.ts";
import type { FileOffer } from "../links/file_links.ts";
import type { ClientCall, MsgServices, PeerCall } from "../services.ts";
import type { ClientConn } from "../state/client_conn.ts";
import { readAnswer } from "./forward.ts";

const RESULT_OK = 0;
const RESULT_FAILED = 1;
/** The file was announced; it is not there yet. */
const NOT_READY = 0;

/**
 * CID_FILE_REQUEST, answered by CID_FILE_RESPONSE: has a file_server make a task; the answer follows
 * in {@link fileTaskMade}. A file for somebody who has no PC online becomes an offline file
 * (docs/spec/pitfalls.md Q-FILEMODE); if that is not known here route_server is asked first.
 */
export function fileRequested(call: ClientCall, request: IMFileReq): IMFileRspInit | null {
  const { from: conn, seqNum } = call;
  const { users, files, routes } = conn.services;
  const offer: FileOffer = {
    connId: conn.id,
    seqNum,
    fromId: conn.userId,
    toId: request.to_user_id,
    fileName: request.file_name,
    fileSize: request.file_size,
    mode: request.trans_mode,
  };
  if (!isStorableFileName(offer.fileName) || !files.hasOpenLink) return refused(offer);
  const isSettled = offer.mode === FILE_TYPE_OFFLINE || users.get(offer.toId)?.hasPcOnline === true;
  if (isSettled) return files.request(offer) ? null : refused(offer);
  // Without a route_server the original leaves the client waiting (P-FILE10).
  return routes.send(receiverQuery(offer)) ? null : refused(offer);
}

/** The answer of route_server to the question whether the receiver of a file has a PC online. */
export function receiverStatusArrived(call: PeerCall): void {
  const { services } = call.from;
  const { conn, attachPdu, body } = readAnswer(services, call.frame);
  if (conn === null) return;
  const request = IMFileTransferReq.decode(attachPdu);
  const [receiver] = IMUsersStatRsp.decode(body).user_stat_list;
  const offer: FileOffer = {
    connId: conn.id,
    seqNum: call.seqNum,
    fromId: conn.userId,
    toId: request.to_user_id,
    fileName: request.file_name,
    fileSize: request.file_size,
    mode: receiver?.status === USER_STATUS_ONLINE ? FILE_TYPE_ONLINE : FILE_TYPE_OFFLINE,
  };
  if (!services.files.request(offer)) reply(conn, call.seqNum, refused(offer));
}

/** CID_OTHER_FILE_SERVER_IP_RSP: where clients reach this file_server. */
export function fileServerAddresses(call: PeerCall, response: IMFileServerIPRsp): null {
  const { services, peer } = call.from;
  const addresses = response.ip_addr_list;
  services.files.setAddresses(peer, addresses);
  services.log.info("file_server says where it is", { peer: peer.name, addresses });
  return null;
}

/**
 * CID_OTHER_FILE_TRANSFER_RSP from a file_server: the answer to who wants to send the file, and,
 * when there is a task, the notice to the receiver. One who has gone meanwhile cannot send it any
 * more, so nobody is told.
 */
export function fileTaskMade(call: PeerCall, response: IMFileTransferRsp): null {
  const { services, peer } = call.from;
  const attach = decodeAttach(response.attach_data ?? new Uint8Array(0));
  const offer = attach === null ? null : services.files.answered(peer, attach.handle, call.seqNum);
  const conn = offer === null ? null : requester(services, offer);
  if (offer === null || conn === null) return null;
  const { result_code, task_id = "" } = response;
  if (result_code !== RESULT_OK || task_id === "") {
    reply(conn, offer.seqNum, refused(offer, result_code || RESULT_FAILED));
    return null;
  }
  const addresses = services.files.addressesOf(peer);
  reply(conn, offer.seqNum, {
    result_code,
    from_user_id: offer.fromId,
    to_user_id: offer.toId,
    file_name: offer.fileName,
    task_id,
    ip_addr_list: addresses,
    trans_mode: offer.mode,
  });
  if (offer.mode === FILE_TYPE_OFFLINE) services.filePlaces.note(task_id, addresses);
  notifyReceiver(services, {
    from_user_id: offer.fromId,
    to_user_id: offer.toId,
    file_name: offer.fileName,
    file_size: offer.fileSize,
    task_id,
    ip_addr_list: addresses,
    trans_mode: offer.mode,
    offline_ready: NOT_READY,
  });
  return null;
}

/** The link to a file_server was lost: its tasks will not be made. */
export function offersLost(services: MsgServices, offers: readonly FileOffer[]): void {
  for (const offer of offers) {
    const conn = requester(services, offer);
    if (conn !== null) reply(conn, offer.seqNum, refused(offer));
  }
}

/**
 * CID_FILE_NOTIFY: to the receiver's PC terminals, here and through route_server elsewhere
 * (docs/spec/pitfalls.md P-FILE7).
 */
export function notifyReceiver(services: MsgServices, notify: IMFileNotifyInit): void {
  const frame = buildFrame(CID_FILE_NOTIFY, 0, IMFileNotify.encode(notify));
  deliverToPcs(services.users, notify.to_user_id, frame);
  services.routes.send(frame);
}

/** CID_FILE_NOTIFY from route_server: to the receiver's PC terminals here. */
export function fileNotifyRelayed(call: PeerCall, notify: IMFileNotify): null {
  const { users, filePlaces } = call.from.services;
  const isOffline = notify.trans_mode === FILE_TYPE_OFFLINE;
  if (isOffline) filePlaces.note(notify.task_id, notify.ip_addr_list);
  deliverToPcs(users, notify.to_user_id, call.frame);
  return null;
}

function receiverQuery(offer: FileOffer): Uint8Array {
  const request = IMFileTransferReq.encode({
    from_user_id: offer.fromId,
    to_user_id: offer.toId,
    file_name: offer.fileName,
    file_size: offer.fileSize,
    trans_mode: offer.mode,
  });
  const query = IMUsersStatReq.encode({
    user_id: offer.fromId,
    user_id_list: [offer.toId],
    attach_data: encodePduAttach(ATTACH_TYPE_HANDLE_AND_PDU_FOR_FILE, offer.connId, request),
  });
  return buildFrame(CID_BUDDY_LIST_USERS_STATUS_REQUEST, offer.seqNum, query);
}

/** The answer when there will be no task. */
function refused(offer: FileOffer, code = RESULT_FAILED): IMFileRspInit {
  return {
    result_code: code,
    from_user_id: offer.fromId,
    to_user_id: offer.toId,
    file_name: offer.fileName,
    task_id: "",
    trans_mode: offer.mode,
  };
}

/** The connection that wants to send a file, if it is still there. */
function requester(services: MsgServices, offer: FileOffer): ClientConn | null {
  const conn = services.conns.get(offer.connId);
  return conn?.state === "online" && conn.userId === offer.fromId ? conn : null;
}

function reply(conn: ClientConn, seqNum: number, response: IMFileRspInit): void {
  conn.reply(buildFrame(CID_FILE_RESPONSE, seqNum, IMFileRsp.encode(response)));
}
