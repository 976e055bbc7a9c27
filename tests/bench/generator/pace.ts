/**
 * Sends at a fixed rate, whatever comes back. A timer of the event loop comes up to two milliseconds
 * late, which is more than the servers take, and a loop of `setImmediate` keeps Deno from looking at
 * its sockets; so a thread of its own ticks. Sends that are overdue are made up for at once and
 * count from the moment they were due.
 */
import type { Histogram } from "../measure/histogram.ts";
import { nowUs } from "./message_frame.ts";
import { IDLE, TICKED } from "./pace_ticker.ts";

export interface PaceOptions {
  readonly perSecond: number;
  /** Gets the number of the send, from 0 up, and when it was due. */
  readonly send: (index: number, dueUs: number) => void;
  /** How late the sends were, in microseconds. */
  readonly lag: Histogram;
}

export function startPace({ perSecond, send, lag }: PaceOptions): { stop(): void } {
  const periodUs = 1e6 / perSecond;
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const ticker = new Worker(new URL("./pace_ticker.ts", import.meta.url), { type: "module" });
  let beganUs: number | null = null;
  let sent = 0;
  ticker.onmessage = () => {
    Atomics.compareExchange(state, 0, TICKED, IDLE);
    const atUs = nowUs();
    beganUs ??= atUs;
    for (let dueUs; (dueUs = beganUs + sent * periodUs) <= atUs; sent++) {
      lag.add(atUs - dueUs);
      send(sent, dueUs);
    }
  };
  ticker.postMessage(state);
  return { stop: () => ticker.terminate() };
}
