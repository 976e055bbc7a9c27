import { CID_OTHER_HEARTBEAT } from "../../proto/mod.ts";
import type { Clock, Timer } from "../clock.ts";
import type { Connection } from "./connection.ts";

/** A server that lets this many heartbeats in a row go by without a sign of life is given up. */
const MAX_UNANSWERED = 2;

/**
 * Sends a heartbeat per period, which the server answers, and aborts the connection when nothing at
 * all came back. `cancel` of the timer ends it.
 */
export function startHeartbeat(connection: Connection, clock: Clock, periodMs: number): Timer {
  let unanswered = 0;
  let framesBefore = connection.receivedFrames;
  return clock.every(periodMs, () => {
    if (!connection.isOpen) return;
    unanswered = connection.receivedFrames === framesBefore ? unanswered + 1 : 0;
    framesBefore = connection.receivedFrames;
    // The first period had no heartbeat before it.
    if (unanswered > MAX_UNANSWERED) connection.abort("the server does not answer heartbeats");
    else connection.notifyEmpty(CID_OTHER_HEARTBEAT);
  });
}
