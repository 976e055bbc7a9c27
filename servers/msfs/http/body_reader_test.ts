import assert from "node:assert/strict";
import { ManualClock } from "../../../shared/clock.ts";
import {
  BODY_LIMIT_MS,
  BrokenBodyError,
  piecesOf,
  SILENCE_LIMIT_MS,
  SlowBodyError,
} from "./body_reader.ts";

/** A body whose pieces the test sends. */
function scripted(clock: ManualClock) {
  let source!: ReadableStreamDefaultController<Uint8Array>;
  let wasCancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => void (source = controller),
    cancel: () => void (wasCancelled = true),
  });
  const request = new Request("http://x/", { method: "POST", body });
  return { source, pieces: piecesOf(request, clock), wasCancelled: () => wasCancelled };
}

Deno.test("piecesOf() gives the pieces of a body to its end", async () => {
  const clock = new ManualClock();
  const { source, pieces } = scripted(clock);
  source.enqueue(new Uint8Array(3));
  assert.equal((await pieces.next()).value?.length, 3);
  source.close();
  assert.equal((await pieces.next()).done, true);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("piecesOf() gives nothing for a request without a body", async () => {
  const request = new Request("http://x/", { method: "POST" });
  assert.equal((await piecesOf(request, new ManualClock()).next()).done, true);
});

Deno.test("piecesOf() gives up a client that is silent for too long", async () => {
  const clock = new ManualClock();
  const { pieces, wasCancelled } = scripted(clock);
  const next = assert.rejects(pieces.next(), SlowBodyError);
  clock.advance(SILENCE_LIMIT_MS);
  await next;
  assert.ok(wasCancelled());
});

Deno.test("piecesOf() gives up a client that sends a piece every now and then", async () => {
  const clock = new ManualClock();
  const { source, pieces } = scripted(clock);
  for (let ms = 0; ms < BODY_LIMIT_MS; ms += SILENCE_LIMIT_MS / 2) {
    source.enqueue(new Uint8Array(1));
    await pieces.next();
    clock.advance(SILENCE_LIMIT_MS / 2);
  }
  const next = assert.rejects(pieces.next(), SlowBodyError);
  clock.advance(0);
  await next;
});

Deno.test("piecesOf() tells when the connection breaks", async () => {
  const clock = new ManualClock();
  const { source, pieces } = scripted(clock);
  source.error(new Error("reset"));
  await assert.rejects(pieces.next(), BrokenBodyError);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("piecesOf() lets go of the rest when the loop is left", async () => {
  const { source, pieces, wasCancelled } = scripted(new ManualClock());
  source.enqueue(new Uint8Array(1));
  for await (const _ of pieces) break;
  assert.ok(wasCancelled());
});
