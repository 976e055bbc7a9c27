import assert from "node:assert/strict";
import { ManualClock } from "../clock.ts";
import { CLOSE_LIMIT_MS, closeLinks } from "./close_links.ts";
import { CLOSE_GRACE_MS } from "./tcp_link.ts";
import { frameOf, range, until } from "./test_support/pair.ts";
import { rawPair, receive } from "./test_support/raw.ts";
import { turns } from "./test_support/recorder.ts";

Deno.test("TcpLink joins all frames of one turn into one write", async () => {
  await using pair = await rawPair();
  const seen = receive(pair.raw);
  range(100).forEach((seq) => pair.link.send(frameOf(seq)));
  assert.deepEqual(pair.writes, []);
  await until(() => seen.bytes === 2000);
  pair.link.send(frameOf(1));
  await until(() => seen.bytes === 2020);
  assert.deepEqual(pair.writes, [2000, 20]);
});

Deno.test("TcpLink answers all requests of one chunk in one write", async () => {
  await using pair = await rawPair();
  const seen = receive(pair.raw);
  pair.recorder.onFrame = (link, frame) => link.send(frame);
  pair.raw.write(Uint8Array.from(range(50).flatMap((seq) => [...frameOf(seq)])));
  await until(() => seen.bytes === 1000);
  assert.deepEqual(pair.writes, [1000]);
});

Deno.test("TcpLink tells a reset by the other side as the reason, once", async () => {
  await using pair = await rawPair();
  pair.raw.resetAndDestroy();
  await pair.recorder.untilClosed();
  await turns(10);
  assert.equal(pair.recorder.events.length, 1);
  assert.match(pair.recorder.events[0]!, /^closed: .*(ECONNRESET|reset)/);
});

Deno.test("TcpLink still answers a side that has only ended its output", async () => {
  await using pair = await rawPair();
  const seen = receive(pair.raw);
  pair.recorder.onFrame = (link, frame) => link.send(frame);
  pair.raw.end(frameOf(1, 100));
  await until(() => seen.ended);
  assert.equal(seen.bytes, 116);
  assert.deepEqual(pair.recorder.events, ["frame 1", "closed: closed by the other side"]);
  await until(() => pair.socket.closed);
});

Deno.test("TcpLink.close() gives a side that does not close three seconds", async () => {
  const clock = new ManualClock();
  await using pair = await rawPair(clock);
  pair.link.close("done");
  await turns(20);
  assert.equal(pair.socket.destroyed, false);
  clock.advance(CLOSE_GRACE_MS - 1);
  assert.equal(pair.socket.destroyed, false);
  clock.advance(1);
  assert.equal(pair.socket.destroyed, true);
  assert.equal(clock.pendingTimers, 0);
  assert.deepEqual(pair.recorder.events, ["closed: done"]);
});

Deno.test("TcpLink.close() leaves no timer once the other side has closed", async () => {
  const clock = new ManualClock();
  await using pair = await rawPair(clock);
  receive(pair.raw);
  pair.raw.on("end", () => pair.raw.end());
  pair.link.pause();
  pair.link.close("done");
  await until(() => pair.socket.closed && clock.pendingTimers === 0);
});

Deno.test("TcpLink.abort() ends a close that hangs, and its timer", async () => {
  const clock = new ManualClock();
  await using pair = await rawPair(clock);
  pair.link.close("done");
  pair.link.abort("now");
  await until(() => pair.socket.closed && clock.pendingTimers === 0);
});

Deno.test("closeLinks() waits one second for a side that does not read, then cuts it off", async () => {
  const clock = new ManualClock();
  await using pair = await rawPair(clock);
  range(70).forEach((seq) => pair.link.send(frameOf(seq, 100_000)));
  let isDone = false;
  const done = closeLinks([pair.link], { clock, reason: "stopped" }).then(() => isDone = true);
  await turns(20);
  clock.advance(CLOSE_LIMIT_MS - 1);
  await turns(5);
  assert.equal(isDone, false);
  clock.advance(1);
  await done;
  assert.equal(pair.socket.closed, true);
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("TcpLink counts a single byte as a sign of life, and resume() as none", async () => {
  await using pair = await rawPair();
  pair.link.silentSec = 7;
  pair.link.pause();
  pair.link.resume();
  await turns(10);
  assert.equal(pair.link.silentSec, 7);
  pair.raw.write(Uint8Array.of(0));
  await until(() => pair.link.silentSec === 0);
});

Deno.test("TcpLink closes at once for a length that cannot be, without waiting for more", async () => {
  await using pair = await rawPair();
  pair.raw.write(new TextEncoder().encode("<policy-file-request/>"));
  await pair.recorder.untilClosed();
  assert.match(pair.recorder.events[0]!, /^closed: Cannot decode PDU: length 1014001516 exceeds/);
});

Deno.test("TcpLink reads no further while a handler pauses again after resume()", async () => {
  await using pair = await rawPair();
  pair.recorder.onFrame = (link) => link.pause();
  const flood = Uint8Array.from(range(50).flatMap((seq) => [...frameOf(seq, 1000)]));
  for (let i = 0; i < 400; i++) pair.raw.write(flood);
  await pair.recorder.untilFrames(1);
  for (const seq of range(20)) {
    pair.link.resume();
    await pair.recorder.untilFrames(seq + 2);
    await turns(10);
  }
  assert.equal(pair.socket.isPaused(), true);
  assert.ok(pair.socket.bytesRead < 1_000_000, `${pair.socket.bytesRead} bytes read`);
});
