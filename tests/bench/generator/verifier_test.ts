import assert from "node:assert/strict";
import { type Faults, Verifier } from "./verifier.ts";

const NONE: Faults = { lost: 0, duplicated: 0, reordered: 0, unacked: 0, stray: 0 };

/** User 1 sends `count` messages to the users given. */
function sending(count: number, receiverIds: readonly number[] = [2]): Verifier {
  const verifier = new Verifier();
  verifier.addSender(1, receiverIds);
  for (let i = 0; i < count; i++) verifier.sent(1);
  return verifier;
}

Deno.test("Verifier finds nothing when all is acked and delivered in order", () => {
  const verifier = sending(3, [2, 3]);
  for (const number of [1, 2, 3]) {
    assert.equal(verifier.isSettled, false);
    verifier.acked(1, number);
    for (const receiver of [2, 3]) assert.ok(verifier.delivered(1, receiver, number));
  }
  assert.equal(verifier.isSettled, true);
  assert.deepEqual(verifier.faults(), NONE);
});

Deno.test("Verifier counts an acked message as lost, once per receiver without it", () => {
  const verifier = sending(2, [2, 3, 4]);
  verifier.acked(1, 1);
  verifier.acked(1, 2);
  for (const receiver of [2, 3, 4]) verifier.delivered(1, receiver, 2);
  verifier.delivered(1, 3, 1);
  assert.deepEqual(verifier.faults(), { ...NONE, lost: 2, reordered: 1 });
});

Deno.test("Verifier counts an unacked message as unacked, delivered or not, and not as lost", () => {
  const verifier = sending(2);
  verifier.delivered(1, 2, 1);
  assert.deepEqual(verifier.faults(), { ...NONE, unacked: 2 });
  assert.equal(verifier.isSettled, false);
});

Deno.test("Verifier counts a repeated delivery and a repeated ack as duplicated", () => {
  const verifier = sending(2);
  for (const number of [1, 2]) {
    verifier.acked(1, number);
    verifier.delivered(1, 2, number);
  }
  assert.equal(verifier.delivered(1, 2, 1), false);
  verifier.acked(1, 2);
  verifier.acked(1, null);
  assert.deepEqual(verifier.faults(), { ...NONE, duplicated: 3 });
});

Deno.test("Verifier counts what arrives after a later message as reordered", () => {
  const verifier = sending(4);
  for (const number of [2, 1, 4, 3]) {
    verifier.acked(1, number);
    assert.ok(verifier.delivered(1, 2, number));
  }
  assert.deepEqual(verifier.faults(), { ...NONE, reordered: 2 });
});

Deno.test("Verifier counts what nobody sent, or what was not for the receiver, as stray", () => {
  const verifier = sending(1);
  verifier.acked(1, 1);
  verifier.delivered(1, 2, 1);
  const strays: [sender: number, receiver: number, number: number][] = [
    [9, 2, 1],
    [1, 9, 1],
    [1, 2, 2],
    [1, 2, 0],
  ];
  for (const [sender, receiver, number] of strays) {
    assert.equal(verifier.delivered(sender, receiver, number), false);
  }
  assert.deepEqual(verifier.faults(), { ...NONE, stray: 4 });
});
