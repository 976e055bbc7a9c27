import assert from "node:assert/strict";
import {
  CID_MSG_DATA,
  CID_MSG_DATA_ACK,
  CID_MSG_LIST_REQUEST,
  CID_OTHER_HEARTBEAT,
} from "../../proto/ids.ts";
import { ManualClock } from "../../shared/clock.ts";
import { inputKindOf, InputThrottle } from "./input_throttle.ts";
import { ClientConn } from "./state/client_conn.ts";

const HIGH = 16 * 1024 * 1024 + 1;
/** Bytes of a frame that counts once. */
const SMALL = 100;
const LOW = 4 * 1024 * 1024;

class FakeConn {
  isPaused = false;
  readonly conn: ClientConn;

  constructor() {
    this.conn = Object.assign(Object.create(ClientConn.prototype), {
      link: { pause: () => this.isPaused = true, resume: () => this.isPaused = false },
    });
  }
}

/** 10 messages a second, so that a burst of 20 passes and then one needs 100 ms. */
function setUp(perSecond = 10) {
  const clock = new ManualClock();
  const db = { backlogBytes: 0 };
  const throttle = new InputThrottle({ clock, db, perSecond, requestsPerSecond: 10 });
  const send = ({ conn }: FakeConn, count: number): void => {
    for (let i = 0; i < count; i++) throttle.afterFrame(conn, "message", SMALL);
  };
  return { clock, db, throttle, send };
}

Deno.test("InputThrottle, pauses above the rate and goes on when the next one may come", () => {
  const { clock, send } = setUp();
  const [fast, other] = [new FakeConn(), new FakeConn()];
  send(fast, 19);
  assert.equal(fast.isPaused, false);
  send(fast, 1);
  send(other, 1);
  assert.deepEqual([fast.isPaused, other.isPaused], [true, false]);
  clock.advance(99);
  assert.equal(fast.isPaused, true);
  clock.advance(1);
  assert.equal(fast.isPaused, false);
  send(fast, 1);
  assert.equal(fast.isPaused, true, "one message was allowed");
  clock.advance(100);
  assert.deepEqual([fast.isPaused, clock.pendingTimers], [false, 0]);
});

Deno.test("InputThrottle, requests have a rate of their own, acks and heartbeats none", () => {
  const { throttle, send, clock } = setUp();
  const [flooding, other] = [new FakeConn(), new FakeConn()];
  send(flooding, 19);
  for (let i = 0; i < 1000; i++) throttle.afterFrame(flooding.conn, "free", SMALL);
  for (let i = 0; i < 19; i++) throttle.afterFrame(flooding.conn, "request", SMALL);
  assert.equal(flooding.isPaused, false);
  throttle.afterFrame(flooding.conn, "request", SMALL);
  throttle.afterFrame(other.conn, "request", SMALL);
  assert.deepEqual([flooding.isPaused, other.isPaused], [true, false]);
  clock.advance(100);
  assert.deepEqual([flooding.isPaused, clock.pendingTimers], [false, 0]);
  assert.deepEqual(
    [CID_MSG_DATA, CID_MSG_LIST_REQUEST, CID_MSG_DATA_ACK, CID_OTHER_HEARTBEAT].map(inputKindOf),
    ["message", "request", "free", "free"],
  );
});

Deno.test("InputThrottle, a frame counts once for each 32 KiB that it has begun", () => {
  const { throttle, send, clock } = setUp();
  const client = new FakeConn();
  throttle.afterFrame(client.conn, "request", 32 * 1024 * 18);
  send(client, 19);
  throttle.afterFrame(client.conn, "free", 1024 * 1024);
  assert.equal(client.isPaused, false, "one of each is left");
  throttle.afterFrame(client.conn, "request", 32 * 1024 * 2 + 1);
  assert.equal(client.isPaused, true);
  clock.advance(199);
  assert.equal(client.isPaused, true, "one of the three was not there, and one must be");
  clock.advance(1);
  assert.deepEqual([client.isPaused, clock.pendingTimers], [false, 0]);
});

Deno.test("InputThrottle, rate 0 is no limit", () => {
  const { send, clock } = setUp(0);
  const client = new FakeConn();
  send(client, 10_000);
  assert.deepEqual([client.isPaused, clock.pendingTimers], [false, 0]);
});

for (const kind of ["message", "request"] as const) {
  Deno.test(`InputThrottle, who sends (${kind}) while db_proxy is behind waits until it is not`, () => {
    const { clock, db, throttle } = setUp(0);
    const [first, second, quiet] = [new FakeConn(), new FakeConn(), new FakeConn()];
    throttle.afterFrame(quiet.conn, kind, SMALL);
    db.backlogBytes = HIGH;
    throttle.afterFrame(first.conn, kind, SMALL);
    throttle.afterFrame(second.conn, kind, SMALL);
    const paused = (): boolean[] => [first, second, quiet].map(({ isPaused }) => isPaused);
    assert.deepEqual(paused(), [true, true, false]);
    db.backlogBytes = LOW + 1;
    clock.advance(1000);
    assert.deepEqual(paused(), [true, true, false]);
    db.backlogBytes = LOW;
    clock.advance(20);
    assert.deepEqual(paused(), [false, false, false]);
    assert.equal(clock.pendingTimers, 0, "nothing is checked while nobody waits");
  });
}

Deno.test("InputThrottle, with both reasons goes on when neither holds, whichever ends first", () => {
  const { clock, db, send } = setUp();
  const client = new FakeConn();
  send(client, 19);
  db.backlogBytes = HIGH;
  send(client, 1);
  clock.advance(100);
  assert.equal(client.isPaused, true, "db_proxy is behind");
  db.backlogBytes = LOW;
  clock.advance(20);
  assert.equal(client.isPaused, false);

  clock.advance(10_000);
  send(client, 19);
  db.backlogBytes = HIGH;
  send(client, 1);
  db.backlogBytes = LOW;
  clock.advance(60);
  assert.equal(client.isPaused, true, "still above its rate");
  clock.advance(40);
  assert.equal(client.isPaused, false);
});

Deno.test("InputThrottle.forget() cancels what waits, for a connection that is gone", () => {
  const { clock, db, throttle, send } = setUp();
  const client = new FakeConn();
  db.backlogBytes = HIGH;
  send(client, 20);
  throttle.forget(client.conn);
  db.backlogBytes = 0;
  clock.advance(1000);
  assert.equal(client.isPaused, true, "nobody touches the link any more");
  assert.equal(clock.pendingTimers, 0);
});

Deno.test("InputThrottle.stop() leaves no timer", () => {
  const { clock, db, throttle, send } = setUp();
  db.backlogBytes = HIGH;
  send(new FakeConn(), 20);
  assert.equal(clock.pendingTimers, 2);
  throttle.stop();
  assert.equal(clock.pendingTimers, 0);
});
