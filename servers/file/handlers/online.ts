/** The two halves of an online transfer: each side's PDUs go on to the other (flows.md 15.7). */
import type { IMFilePullDataReq } from "../../../proto/mod.ts";
import { seqNumOf, withSeqNum } from "../../../shared/pdu/mod.ts";
import type { ClientCall, FileClient, OnlineSeat } from "../context.ts";
import { refuseData, refusePull } from "./refusals.ts";

/** Byte for byte, so that the answer can carry the same sequence number. */
export function relayPull(call: ClientCall, request: IMFilePullDataReq, seat: OnlineSeat): null {
  const { from: client, seqNum, frame } = call;
  const sender = seat.task.pull(client, seqNum);
  if (!sender.ok) return refusePull(call, request, sender.refusal);
  relay(client, sender.value, frame);
  return null;
}

/** As it came but for the sequence number, which is that of the pull (Q-FILESEQ). */
export function relayData({ from: client, frame }: ClientCall, seat: OnlineSeat): null {
  const receiver = seat.task.data(client);
  if (!receiver.ok) return refuseData(client, receiver.refusal);
  const { to, seqNum } = receiver.value;
  // Clients answer with the number of the pull anyway; a copy is for those that do not.
  relay(client, to, seqNumOf(frame) === seqNum ? frame : withSeqNum(frame, seqNum));
  return null;
}

/** Sends a frame on; whoever makes it is not read from while the other side is behind. */
function relay(from: FileClient, to: FileClient, frame: Uint8Array): void {
  to.link.send(frame);
  if (to.isBehind) void from.hold(to.link.whenDrained());
}
