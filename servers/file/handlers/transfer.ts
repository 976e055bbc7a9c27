/** What clients say in the middle of a transfer, by the kind of task they are in. */
import {
  CLIENT_FILE_CANCEL,
  CLIENT_FILE_DONE,
  CLIENT_FILE_PEER_READY,
  CLIENT_FILE_REFUSE,
  type IMFilePullDataReq,
  type IMFilePullDataRsp,
  type IMFileState,
} from "../../../proto/mod.ts";
import { assert } from "../../../shared/assert.ts";
import type { ClientCall, FileClient, Seat } from "../context.ts";
import { finish, taskFields } from "../sessions.ts";
import { checkIds, type StatedIds } from "../state/task.ts";
import { giveBlock } from "./download.ts";
import { relayData, relayPull } from "./online.ts";
import { refuseData, refusePull } from "./refusals.ts";
import { discard, storeBlock } from "./upload.ts";

/** CID_FILE_PULL_DATA_REQ, from the receiver; answered by CID_FILE_PULL_DATA_RSP. */
export function filePullDataReq(
  call: ClientCall,
  request: IMFilePullDataReq,
): null | Promise<null> {
  const seat = seatOf(call.from);
  const ids = checkStated(seat, request);
  if (!ids.ok) return refusePull(call, request, ids.refusal);
  seat.task.activeMs = call.from.context.clock.nowMs();
  if (seat.kind === "online") return relayPull(call, request, seat);
  if (seat.kind === "download") return giveBlock(call, request, seat);
  return refusePull(call, request, "wrong_party");
}

/** CID_FILE_PULL_DATA_RSP, from the sender: what was pulled from it. */
export function filePullDataRsp(
  call: ClientCall,
  response: IMFilePullDataRsp,
): null | Promise<null> {
  const seat = seatOf(call.from);
  const ids = checkStated(seat, response);
  if (!ids.ok) return refuseData(call.from, ids.refusal);
  seat.task.activeMs = call.from.context.clock.nowMs();
  if (seat.kind === "online") return relayData(call, seat);
  if (seat.kind === "upload") return storeBlock(call.from, seat, response);
  return refuseData(call.from, "wrong_party");
}

/**
 * CID_FILE_STATE: cancel, refuse and done are passed on to the other side as they came, and end the
 * task. The connection is closed in any case (docs/spec/flows.md 15.8).
 */
export async function fileState(call: ClientCall, report: IMFileState): Promise<null> {
  const { from: client } = call;
  const seat = seatOf(client);
  const ids = checkStated(seat, report);
  if (!ids.ok) return refuseData(client, ids.refusal);
  if (report.state === CLIENT_FILE_PEER_READY) return refuseData(client, "wrong_party");
  const isUnwanted = report.state === CLIENT_FILE_CANCEL || report.state === CLIENT_FILE_REFUSE;
  // An uploader that says "done" before it is keeps what is stored, as if its link were lost.
  if (seat.kind === "upload" && !isUnwanted) return refuseData(client, "not_ready");
  client.context.log.info("transfer ended by a client", {
    ...taskFields(seat),
    state: report.state,
  });
  if (seat.kind === "online") tellOthers(client, seat, call.frame);
  finish(client, seat, "its task has ended");
  if (seat.kind === "upload") {
    await client.context.order.run(seat.task.facts.taskId, () => discard(client, seat));
  }
  const isDelivered = report.state === CLIENT_FILE_DONE || report.state === CLIENT_FILE_REFUSE;
  if (seat.kind === "download" && isDelivered) {
    await client.context.store.markDownloaded(seat.task.facts.taskId);
  }
  return null;
}

function tellOthers(
  client: FileClient,
  { task }: Extract<Seat, { kind: "online" }>,
  frame: Uint8Array,
): void {
  for (const other of task.report(client)) {
    other.link.send(frame);
    other.seat = null;
    other.close("the other side has ended the transfer");
  }
}

function checkStated({ task, userId }: Seat, stated: StatedIds): ReturnType<typeof checkIds> {
  return checkIds(stated, { taskId: task.facts.taskId, userId });
}

/** The gate lets these commands pass behind a login only. */
function seatOf(client: FileClient): Seat {
  assert(client.seat !== null, "a logged-in client has its place in a task");
  return client.seat;
}
