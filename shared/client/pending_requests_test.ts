import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { buildEmptyFrame } from "../pdu/mod.ts";
import { ClientLimitError, ConnectionLostError, DeadlineError } from "./errors.ts";
import { MAX_WAITING } from "./options.ts";
import { type PendingRequest, PendingRequests } from "./pending_requests.ts";

const REPLY_ID = 0x0306;

interface Watched extends PendingRequest {
  readonly seen: (Uint8Array | Error)[];
}

function request(after: "done" | "more" = "done"): Watched {
  const seen: (Uint8Array | Error)[] = [];
  return {
    replyId: REPLY_ID,
    seen,
    answered(frame) {
      seen.push(frame);
      return after;
    },
    failed: (error) => void seen.push(error),
  };
}

Deno.test("PendingRequests gives an answer to the request of the same number and command", () => {
  const pending = new PendingRequests(new ManualClock());
  const [one, other] = [request(), request()];
  const seqNum = pending.add(one, 1000);
  pending.add(other, 1000);
  assert.equal(pending.answer(buildEmptyFrame(0x0301, seqNum)), false);
  assert.equal(pending.answer(buildEmptyFrame(REPLY_ID, 0)), false);
  assert.equal(pending.answer(buildEmptyFrame(REPLY_ID, seqNum)), true);
  assert.equal(pending.answer(buildEmptyFrame(REPLY_ID, seqNum)), false);
  assert.deepEqual([one.seen.length, other.seen.length, pending.size], [1, 0, 1]);
});

Deno.test("PendingRequests keeps a request that wants more", () => {
  const pending = new PendingRequests(new ManualClock());
  const one = request("more");
  const frame = buildEmptyFrame(REPLY_ID, pending.add(one, 1000));
  pending.answer(frame);
  pending.answer(frame);
  assert.equal(one.seen.length, 2);
  assert.equal(pending.size, 1);
});

Deno.test("PendingRequests fails a request at its deadline and forgets it", () => {
  const clock = new ManualClock();
  const pending = new PendingRequests(clock);
  const one = request();
  const seqNum = pending.add(one, 1000);
  clock.advance(999);
  assert.equal(one.seen.length, 0);
  clock.advance(1);
  assert.ok(one.seen[0] instanceof DeadlineError);
  assert.equal(pending.answer(buildEmptyFrame(REPLY_ID, seqNum)), false);
});

Deno.test("PendingRequests numbers from 1 to 65535 and leaves out numbers in use and 0", () => {
  const pending = new PendingRequests(new ManualClock());
  assert.equal(pending.add(request(), 1000), 1);
  for (let seqNum = 2; seqNum <= 0xffff; seqNum++) assert.equal(pending.nextSeqNum(), seqNum);
  assert.equal(pending.add(request(), 1000), 2);
});

Deno.test("PendingRequests refuses more than its limit", () => {
  const clock = new ManualClock();
  const pending = new PendingRequests(clock);
  for (let count = 0; count < MAX_WAITING; count++) pending.add(request(), 1000);
  assert.throws(() => pending.add(request(), 1000), ClientLimitError);
  clock.advance(1000);
  assert.equal(pending.size, 0);
});

Deno.test("PendingRequests.failAll() fails all and leaves no timer", () => {
  const clock = new ManualClock();
  const pending = new PendingRequests(clock);
  const requests = [request(), request()];
  for (const one of requests) pending.add(one, 1000);
  const error = new ConnectionLostError("gone");
  pending.failAll(error);
  assert.deepEqual(requests.map((one) => one.seen), [[error], [error]]);
  assert.equal(clock.pendingTimers, 0);
});
