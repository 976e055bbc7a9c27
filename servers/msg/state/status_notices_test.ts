import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import type { ClientConn } from "./client_conn.ts";
import { GATHER_FROM_TERMINALS, GATHER_MS, MAX_GATHERED, StatusNotices } from "./status_notices.ts";

/** So many PC terminals, and what the last one of them was sent. */
function stage(pcCount: number) {
  const clock = new ManualClock();
  const sent: number[] = [];
  const pcConns = Array.from({ length: pcCount }, (_, index) => ({
    link: {
      send: (frame: Uint8Array) => {
        if (index === pcCount - 1) sent.push(frame[0]!);
      },
    },
  })) as unknown as ClientConn[];
  const notices = new StatusNotices({ clock, users: { pcConns, pcCount } });
  return {
    clock,
    notices,
    add: (...ids: number[]) => ids.forEach((id) => notices.add(Uint8Array.of(id))),
    taken: () => sent.splice(0),
  };
}

Deno.test("StatusNotices, with few terminals every notice goes at once", () => {
  const { clock, add, taken } = stage(GATHER_FROM_TERMINALS - 1);
  add(1, 2, 3);
  assert.deepEqual(taken(), [1, 2, 3]);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("StatusNotices, with many terminals the first goes at once, the next together and in order", () => {
  const { clock, add, taken } = stage(GATHER_FROM_TERMINALS);
  add(1, 2, 3);
  assert.deepEqual(taken(), [1]);
  clock.advance(GATHER_MS);
  assert.deepEqual(taken(), [2, 3]);
  add(4);
  assert.deepEqual(taken(), []);
  clock.advance(GATHER_MS);
  assert.deepEqual(taken(), [4]);
  clock.advance(GATHER_MS);
  assert.equal(clock.pendingTimers, 0);
  add(5);
  assert.deepEqual(taken(), [5]);
});

Deno.test("StatusNotices, no more than the limit wait", () => {
  const { add, taken } = stage(GATHER_FROM_TERMINALS);
  for (let i = 0; i < MAX_GATHERED; i++) add(1);
  assert.equal(taken().length, 1);
  add(1);
  assert.equal(taken().length, MAX_GATHERED);
});

Deno.test("StatusNotices, nothing is sent after the stop, and no timer is left", () => {
  const { clock, notices, add, taken } = stage(GATHER_FROM_TERMINALS);
  add(1, 2);
  notices.stop();
  assert.equal(clock.pendingTimers, 0);
  assert.deepEqual(taken(), [1]);
});
